import type { Locator, Page } from "playwright-core";

/** The tab of the phones, or their page, as a person uses it. */
export class PhoneTab {
  readonly root: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.root = page.locator(".messaging-phone");
  }

  /** Presses the tab's button in the editor's sidebar; Node-RED 4 has its tabs elsewhere. */
  async open(): Promise<void> {
    await this.#page.evaluate(`RED.sidebar.show("messaging-phone")`);
    await this.root.waitFor();
  }

  /** Makes the tab as wide as a sidebar can be made, and high enough to see. */
  async size(width: number): Promise<void> {
    await this.root.evaluate((element, pixels) => {
      Object.assign((element as unknown as { style: object }).style, {
        position: "fixed",
        zIndex: "100",
        top: "40px",
        right: "10px",
        width: `${pixels}px`,
        height: "640px",
      });
    }, width);
  }

  tab(name: "phones" | "emails" | "results"): Locator {
    return this.#page.locator(`#messaging-phone-tab-${name}`);
  }

  /** The rows of the tab that is shown. */
  rows(): Locator {
    return this.root.locator(".mp-panel:not([hidden]) .mp-row");
  }

  /** Opens the phone of a number, or an e-mail by its subject. */
  async choose(text: string): Promise<void> {
    if (!(await this.rows().first().isVisible())) await this.back().click();
    await this.rows().filter({ hasText: text }).click();
  }

  back(): Locator {
    return this.root.locator(".mp-panel:not([hidden]) .mp-back");
  }

  bubbles(): Locator {
    return this.root.locator(".mp-bubble");
  }

  async reply(text: string): Promise<void> {
    await this.root.locator(".mp-reply textarea").fill(text);
    await this.root.locator(".mp-reply button").click();
  }

  note(): Locator {
    return this.root.locator(".mp-note");
  }
}
