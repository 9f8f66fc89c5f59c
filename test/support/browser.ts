import { createRequire } from "node:module";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import chromium from "@sparticuz/chromium";
import { chromium as driver, type Browser, type Page } from "playwright-core";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Screenshots for people to look at; git ignores the folder. */
const screenshots = resolve(import.meta.dirname, "..", ".screenshots");

interface Look {
  /** The browser's language, which Node-RED follows. */
  locale?: string;
  colorScheme?: "light" | "dark";
  /** Where the browser's clock is. */
  timezoneId?: string;
  /** What the browser has stored from before, such as a session's token. */
  storage?: Readonly<Record<string, string>>;
}

/** Which of axe's rules to apply: all, unless some are named. */
interface AxeRules {
  only?: readonly string[];
  without?: readonly string[];
}

/** Node-RED's editor in a real browser. */
export class Editor {
  readonly page: Page;
  /** What the page has complained of. */
  readonly errors: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.page = page;
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(message.text());
    });
  }

  /** Opens the editor in a language and waits until it can be worked with. */
  static async open(
    url: string,
    { locale = "en-US", colorScheme = "light", timezoneId = "UTC", storage = {} }: Look = {},
  ): Promise<Editor> {
    const browser = await driver.launch({
      executablePath: await chromium.executablePath(),
      args: chromium.args,
      headless: true,
    });
    const context = await browser.newContext({
      locale,
      colorScheme,
      timezoneId,
      viewport: { width: 1400, height: 900 },
    });
    // Node-RED 5 is light unless its user says otherwise; here it follows the browser.
    const stored = JSON.stringify({ "view-dark-theme": "auto", ...storage });
    await context.addInitScript(`if (origin !== "null") Object.assign(localStorage, ${stored})`);
    const page = await context.newPage();
    const editor = new Editor(browser, page);
    await page.goto(url);
    await editor.#ready();
    return editor;
  }

  /** Loads the editor again in another language, as a user's settings would have it. */
  async speak(language: string): Promise<void> {
    await this.page.evaluate(`localStorage.setItem("editor-language", ${JSON.stringify(language)})`);
    await this.page.reload({ waitUntil: "domcontentloaded" });
    await this.#ready();
  }

  /** What axe finds wrong in an element that is gravely so, each as its rule and the element. */
  async axe(selector: string, { only, without = [] }: AxeRules = {}): Promise<string[]> {
    const isThere = await this.page.evaluate<boolean>("window.axe !== undefined");
    if (!isThere) await this.page.addScriptTag({ path: AXE });
    const off = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
    const options = {
      resultTypes: ["violations"],
      rules: off,
      ...(only && { runOnly: { type: "rule", values: only } }),
    };
    return this.page.evaluate<string[]>(`axe.run(${JSON.stringify(selector)}, ${JSON.stringify(options)}).then(
      ({ violations }) => violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .flatMap(({ id, nodes }) => nodes.map(({ html, any }) => id + ": " + html.slice(0, 200) + " " + (any[0]?.message ?? ""))))`);
  }

  close(): Promise<void> {
    return this.#browser.close();
  }

  async #ready(): Promise<void> {
    await this.page.waitForFunction("window.RED?.workspaces?.active?.()");
    await this.page.locator("#red-ui-loading-progress").waitFor({ state: "hidden" });
  }

  /** Drags a node from the palette to a place on the workspace; resolves with the new node's id. */
  async drag(type: string, x: number, y: number): Promise<string> {
    const source = this.page.locator(`.red-ui-palette-node[data-palette-type='${type}']`);
    await source.scrollIntoViewIfNeeded();
    const workspace = await box(this.page.locator("#red-ui-workspace-chart"));
    const from = await box(source);
    await this.page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await this.page.mouse.down();
    await this.page.mouse.move(workspace.x + x - 10, workspace.y + y - 10, { steps: 5 });
    await this.page.mouse.move(workspace.x + x, workspace.y + y, { steps: 5 });
    await this.page.mouse.up();
    return this.page.evaluate<string>(`RED.nodes.filterNodes({ type: ${JSON.stringify(type)} }).at(-1).id`);
  }

  /** Opens a node's form. */
  async edit(id: string): Promise<void> {
    await this.#closeForms();
    await this.page.locator(`[id="${id}"]`).dblclick();
    await this.#prepared("#node-dialog-ok");
  }

  /** Waits for a form that is closing, and leaves one that a failed try left open. */
  async #closeForms(): Promise<void> {
    const forms = this.page.locator(".red-ui-tray");
    const gone = await this.page
      .waitForFunction("!document.querySelector('.red-ui-tray')", undefined, { timeout: 3000 })
      .catch(() => undefined);
    if (!gone) await this.page.locator(".red-ui-tray-toolbar #node-dialog-cancel").click();
    await forms.first().waitFor({ state: "detached" });
  }

  /** The same without the mouse, which takes longer. */
  async show(id: string): Promise<void> {
    await this.page.evaluate(`RED.editor.edit(RED.nodes.node(${JSON.stringify(id)}))`);
    await this.#prepared("#node-dialog-ok");
  }

  /** Opens a config node's form. */
  async editConfig(id: string, type: string): Promise<void> {
    await this.page.evaluate(`RED.editor.editConfig("", ${JSON.stringify(type)}, ${JSON.stringify(id)})`);
    await this.#prepared("#node-config-dialog-ok");
  }

  /** Waits for one of our own forms, which Node-RED fills in after it has asked for credentials. */
  async #prepared(button: string): Promise<void> {
    await this.settled(button);
    await this.page.locator('.messaging-form[aria-busy="false"]').last().waitFor();
  }

  /** Opens what is folded under "More" in the form, where there is such a part. */
  async unfold(): Promise<void> {
    const folded = this.page.locator(".messaging-form details:not([open]) summary");
    if ((await folded.count()) > 0) await folded.click();
  }

  /** Presses a button of the topmost dialog and waits until the dialog has gone. */
  async press(button: string): Promise<void> {
    await this.page.locator(button).click();
    await this.page.locator(button).waitFor({ state: "hidden" });
  }

  /** Waits until a dialog has slid in, so that clicks meet what they aim at. */
  async settled(button: string): Promise<void> {
    await this.page.locator(button).waitFor();
    await this.page.waitForFunction(`document.getAnimations().every(({ playState }) => playState !== "running")`);
  }

  /** Chooses a typed field's type and fills in its value, as its widget would be used. */
  async typeInto(field: string, type: string, value: string): Promise<void> {
    const widget = this.page.locator(`#node-input-${field} + .red-ui-typedInput-container`);
    await widget.locator(".red-ui-typedInput-type-select").click();
    await this.page.locator(`.red-ui-typedInput-options:visible [value="${type}"]`).click();
    await widget.locator(".red-ui-typedInput-input").fill(value);
  }

  /** Drags a wire from a node's output, the first by default, to another's input. */
  async wire(from: string, to: string, output = 0): Promise<void> {
    const start = await box(this.page.locator(`[id="${from}"] .red-ui-flow-port-output rect`).nth(output));
    const end = await box(this.page.locator(`[id="${to}"] .red-ui-flow-port-input rect`));
    await this.page.mouse.move(start.x + start.width / 2, start.y + start.height / 2);
    await this.page.mouse.down();
    await this.page.mouse.move(end.x - 20, end.y, { steps: 5 });
    await this.page.mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 5 });
    await this.page.mouse.up();
    const link = { source: from, target: to };
    await this.page.waitForFunction(
      `RED.nodes.filterLinks({}).some((l) => l.source.id === "${link.source}" && l.target.id === "${link.target}")`,
    );
  }

  async deploy(): Promise<void> {
    await this.page.locator("#red-ui-header-button-deploy").click();
    await this.page.waitForFunction("!RED.nodes.dirty()");
  }

  /** Of the whole page, or of one element. */
  async screenshot(name: string, selector?: string): Promise<string> {
    const path = await this.place(name);
    await (selector === undefined ? this.page.screenshot({ path }) : this.page.locator(selector).screenshot({ path }));
    return path;
  }

  /** Where a screenshot of this name belongs. */
  async place(name: string): Promise<string> {
    await mkdir(screenshots, { recursive: true });
    return join(screenshots, `${name}.png`);
  }
}

async function box(
  locator: ReturnType<Page["locator"]>,
): Promise<{ x: number; y: number; width: number; height: number }> {
  const found = await locator.boundingBox();
  if (found === null) throw new Error(`${String(locator)} is not to be seen`);
  return found;
}
