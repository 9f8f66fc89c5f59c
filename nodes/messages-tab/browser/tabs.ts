import { button, h } from "./dom.ts";

export interface Tab {
  readonly key: string;
  readonly label: string;
  readonly element: HTMLElement;
}

/** Tabs as the keyboard knows them: one stop, arrows in between. */
export class Tabs {
  readonly bar = h("div", { class: "mp-tabs", role: "tablist" });
  readonly panels: readonly HTMLElement[];
  readonly #buttons: readonly HTMLButtonElement[];

  constructor(tabs: readonly Tab[], label: string) {
    this.bar.setAttribute("aria-label", label);
    this.panels = tabs.map(({ key, element }) => {
      element.id = `messaging-phone-panel-${key}`;
      element.setAttribute("role", "tabpanel");
      element.setAttribute("aria-labelledby", `messaging-phone-tab-${key}`);
      return element;
    });
    this.#buttons = tabs.map(({ key }, index) =>
      button({ id: `messaging-phone-tab-${key}`, role: "tab", "aria-controls": `messaging-phone-panel-${key}` }, () =>
        this.choose(index),
      ),
    );
    this.bar.append(...this.#buttons);
    this.bar.addEventListener("keydown", (event) => this.#move(event));
    this.choose(0);
  }

  choose(chosen: number): void {
    this.#buttons.forEach((one, index) => {
      one.setAttribute("aria-selected", String(index === chosen));
      one.tabIndex = index === chosen ? 0 : -1;
    });
    this.panels.forEach((panel, index) => (panel.hidden = index !== chosen));
  }

  /** Writes a tab's label, which may hold a number. */
  name(index: number, text: string, hasNew: boolean): void {
    const tab = this.#buttons[index];
    if (tab && tab.textContent !== text) tab.textContent = text;
    tab?.classList.toggle("is-new", hasNew);
  }

  #move(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const now = this.#buttons.findIndex((one) => one === document.activeElement);
    const next = (now + step + this.#buttons.length) % this.#buttons.length;
    this.choose(next);
    this.#buttons[next]?.focus();
    event.preventDefault();
  }
}
