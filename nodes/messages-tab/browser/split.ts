import { button, fill, h } from "./dom.ts";

/** Pixels, as in the style. */
export const WIDE = 560;

/** One row of a list. */
export interface Row {
  readonly key: string;
  readonly content: readonly (Node | string)[];
  readonly isNew: boolean;
}

export interface SplitOptions {
  /** What the list is of. */
  readonly label: string;
  readonly back: string;
  /** Called when a person has chosen a row, or gone back: then without a key. */
  readonly choose: (key: string | undefined) => void;
}

/** A list and what is chosen of it: side by side where there is room, else one or the other. */
export class Split {
  readonly element: HTMLElement;
  /** Where the chosen one is shown. */
  readonly detail = h("div", { class: "mp-detail-body" });
  /** What it is called. */
  readonly title = h("h3", { dir: "auto" });
  readonly #list = h("ul", { class: "mp-list" });
  readonly #side: HTMLElement;
  readonly #choose: SplitOptions["choose"];

  constructor({ label, back, choose }: SplitOptions) {
    this.#choose = choose;
    this.#list.setAttribute("aria-label", label);
    const arrow = h("span", { "aria-hidden": "true" }, "‹");
    const goBack = () => {
      choose(undefined);
      this.#list.querySelector("button")?.focus();
    };
    const backButton = button({ class: "mp-button mp-back", "aria-label": back, title: back }, goBack, arrow);
    const head = h("div", { class: "mp-head" }, backButton, this.title);
    this.#side = h("section", { class: "mp-detail" }, head, this.detail);
    this.element = h("div", { class: "mp-split" }, this.#list, this.#side);
  }

  /** Whether there is room for both. */
  get isWide(): boolean {
    return this.element.clientWidth >= WIDE;
  }

  show(rows: readonly Row[], chosen: string | undefined): void {
    this.element.classList.toggle("is-open", chosen !== undefined);
    this.#side.hidden = chosen === undefined;
    fill(this.#list, ...rows.map((row) => this.#row(row, row.key === chosen)));
  }

  #row({ key, content, isNew }: Row, isChosen: boolean): HTMLElement {
    const attributes = {
      class: `mp-row${isNew ? " is-new" : ""}`,
      "data-key": key,
      "aria-current": isChosen ? "true" : undefined,
    };
    const choose = () => {
      this.#choose(key);
      // Where the list has given way, the keyboard goes on in what came instead.
      if (this.#list.offsetParent === null) this.#side.querySelector("button")?.focus();
    };
    return h("li", {}, button(attributes, choose, ...content));
  }
}
