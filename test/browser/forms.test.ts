import { strict as assert } from "node:assert";
import { languages, loadNodes, type NodeEntry } from "../../scripts/node-set.ts";
import { Editor } from "../support/browser.ts";
import { ANSWERED, everyForm, idOf, idOfFull } from "../support/every-form.ts";
import { NodeRedProcess } from "../support/node-red-process.ts";

/** An account of it was deleted, and its number is missing. */
const CHANGED = {
  id: "changed",
  type: "send-sms",
  z: "tab",
  x: 450,
  y: 40,
  connectus: "gone",
  to: "",
  toType: "str",
  encoding: "ucs2",
  outputs: 1,
  wires: [[]],
};

/** What is wrong with what a form shows: keys without a text, and words that do not fit. */
const FAULTS = `[...document.querySelectorAll(".messaging-form :is(label, summary, div, option, button, span)")]
  .filter((element) => element.children.length === 0)
  .filter(({ innerText, scrollWidth, clientWidth }) => /^[a-z]+(\\.\\w+)+$/i.test(innerText) || scrollWidth > clientWidth + 1)
  .map(({ innerText }) => innerText)`;

/** Controls that stand elsewhere than beside their label and at the edge where the others begin. */
const ASTRAY = `[...document.querySelectorAll(".messaging-form [data-field]:not(:has(ol))")].flatMap((row) => {
  const label = row.querySelector(":scope > label");
  const isSeen = (element) => element.offsetParent !== null && element.offsetWidth > 1;
  const left = document.querySelector(".messaging-form #" + CSS.escape(document.querySelector(".messaging-form label").htmlFor)).getBoundingClientRect().left;
  const parts = [...row.children].filter((element) => element !== label && isSeen(element));
  const [first] = parts;
  if (first === undefined || !isSeen(label)) return [];
  const top = first.getBoundingClientRect().top;
  const inLine = Math.abs(first.getBoundingClientRect().left - left) <= 1 && top < label.getBoundingClientRect().top + 12;
  const lost = parts.filter((part) => part.getBoundingClientRect().left < left - 1);
  const bottom = first.getBoundingClientRect().bottom;
  lost.push(...parts.filter((part) => part.matches("[class^=messaging-]") && part !== first && part.getBoundingClientRect().top < bottom - 1));
  return inLine && lost.length === 0 ? [] : [row.dataset.field + ": " + (lost[0] ?? first).outerHTML.slice(0, 120)];
})`;

/** axe's rule for them. */
const COLOURS = ["color-contrast"];

describe("the forms", function () {
  this.timeout(300_000);
  let nodes: NodeEntry[];
  let nodeRed: NodeRedProcess;
  let editor: Editor;

  before(async () => {
    nodes = await loadNodes();
    nodeRed = await NodeRedProcess.start({ flows: [...everyForm(nodes), CHANGED] });
    editor = await Editor.open(nodeRed.url);
  });

  beforeEach(() => {
    editor.errors.length = 0;
  });

  after(async () => {
    await editor.close();
    await nodeRed.stop();
  });

  // One pass over the oldest that we support.
  const isOldest = process.env.NODE_RED_PATH !== undefined;

  for (const language of isOldest ? languages.slice(0, 1) : languages) {
    it(`show every text whole in ${language}, and axe finds nothing grave in them`, async () => {
      const { page } = editor;
      await editor.speak(language);
      for (const { kind, type } of nodes) {
        const isConfig = kind !== "message";
        await (isConfig ? editor.editConfig(idOf(type), type) : editor.show(idOfFull(type)));
        await page.waitForFunction(ANSWERED);
        await page
          .locator(".messaging-form details")
          .evaluateAll((all) => all.forEach((one) => one.setAttribute("open", "")));
        assert.deepEqual(await page.evaluate(FAULTS), [], type);
        assert.deepEqual(await page.evaluate(ASTRAY), [], type);
        // Colours, which take longest, are the same in every language.
        const isFirst = language === languages[0];
        const rules = isFirst ? {} : { without: COLOURS };
        assert.deepEqual(await editor.axe(".messaging-form", rules), [], `${type} in light`);
        if (isFirst) {
          await page.emulateMedia({ colorScheme: "dark" });
          assert.deepEqual(await editor.axe(".messaging-form", { only: COLOURS }), [], `${type} in dark`);
          await page.emulateMedia({ colorScheme: "light" });
        }
        await editor.press(isConfig ? "#node-config-dialog-cancel" : "#node-dialog-cancel");
      }
      assert.deepEqual(editor.errors, []);
    });
  }

  it("say what is wrong, open by themselves where something is set, and follow the error output", async () => {
    const { page } = editor;
    await editor.speak("en-US");
    assert.deepEqual(await page.evaluate(`RED.nodes.node("changed").validationErrors`), [
      "Account: This account was deleted. Choose another one.",
      "To: Must not be empty.",
    ]);
    await editor.edit("changed");
    await page.locator(".messaging-problem").nth(1).waitFor();
    assert.deepEqual(await page.locator(".messaging-problem").allInnerTexts(), [
      "Choose an account, or add one with the + button.",
      "Must not be empty.",
    ]);
    assert.equal(await page.locator(".messaging-form details").getAttribute("open"), "");
    await page.locator("#node-input-errorOutput").check();
    await editor.press("#node-dialog-ok");
    assert.equal(await page.evaluate(`RED.nodes.node("changed").outputs`), 2);

    await editor.edit("send-sms");
    assert.equal(await page.locator(".messaging-form details").getAttribute("open"), null);
    await editor.press("#node-dialog-ok");
    const saved = await page.evaluate(`({ ...RED.nodes.convertNode(RED.nodes.node("send-sms")) })`);
    const { text, textType, encoding } = saved as Record<string, unknown>;
    assert.deepEqual({ text, textType, encoding }, { text: "payload", textType: "msg", encoding: "auto" });
  });

  it("let the keyboard reach the buttons beside the choice of an account, and name them", async () => {
    const { page } = editor;
    await editor.speak("en-US");
    await editor.show("send-sms");
    const isFocused = (name: string) =>
      page.getByRole("button", { name, exact: true }).evaluate((button) => button === document.activeElement);
    await page.locator("#node-input-connectus").focus();
    await page.keyboard.press("Tab");
    assert.equal(await isFocused("Account: open it"), true);
    await page.keyboard.press("Tab");
    assert.equal(await isFocused("Account: add one"), true);
    await page.keyboard.press("Enter");
    await page.locator("#node-config-dialog-ok").waitFor();
    await editor.settled("#node-config-dialog-ok");
    await page.getByText("Not deployed yet.").waitFor();
    await editor.press("#node-config-dialog-cancel");
    await editor.press("#node-dialog-cancel");
  });

  it("name the city of an account's clock as people do in the editor's language", async () => {
    const { page } = editor;
    await editor.speak("it");
    await editor.show(idOfFull("push-send"));
    await page.getByText("secondo l'orologio di Roma").waitFor();
    await editor.press("#node-dialog-cancel");
  });

  it("show a field only where it applies", async () => {
    const { page } = editor;
    await editor.speak("en-US");
    const isShown = (field: string) => page.locator(`.messaging-form [data-field="${field}"]`).isVisible();
    await editor.edit("check-status");
    assert.equal(await isShown("everySeconds"), false);
    await page.locator("#node-input-follow").check();
    assert.equal(await isShown("everySeconds"), true);
    await editor.screenshot("follow");
    await editor.press("#node-dialog-cancel");
    await editor.edit("send-bulk");
    assert.equal(await isShown("subject"), false);
    await page.locator("#node-input-channel").selectOption("email");
    assert.equal(await isShown("subject"), true);
  });

  it("keep an environment variable in a choice, and check numbers", async () => {
    const { page } = editor;
    await editor.speak("en-US");
    await editor.editConfig(idOf("connectus-account"), "connectus-account");
    assert.deepEqual(await page.locator(".messaging-problem").allInnerTexts(), ["Must be at least 1."]);
    await page.locator("#node-config-input-concurrency").fill("5");
    assert.equal(await page.locator(".messaging-problem").count(), 0);
    await editor.press("#node-config-dialog-ok");
    assert.equal(await page.evaluate(`RED.nodes.node("the-connectus-account").mode`), "${MODE}");
    assert.equal(await page.evaluate(`RED.nodes.node("the-connectus-account").concurrency`), "5");
  });
});
