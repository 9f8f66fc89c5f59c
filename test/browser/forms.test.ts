import { strict as assert } from "node:assert";
import type { LiveKind } from "../../nodes/kit/definition.ts";
import { languages, loadNodes, type NodeEntry } from "../../scripts/node-set.ts";
import { Editor } from "../support/browser.ts";
import { NodeRedProcess } from "../support/node-red-process.ts";

/** Of a config node: Node-RED starts no flow in which the id of one is a type. */
function idOf(type: string): string {
  return `the-${type}`;
}

/** A flow with one node of each type as people's flow files have them, and one account of each provider. */
function flowOf(nodes: readonly NodeEntry[]): object[] {
  const accounts = nodes.filter(({ kind }) => kind === "account");
  const messageNodes = nodes.filter((node) => node.kind === "message");
  return [
    { id: "tab", type: "tab", label: "Forms" },
    ...accounts.map(({ type }) => ({ id: idOf(type), type, mode: "${MODE}", concurrency: "0" })),
    ...nodes.filter(({ kind }) => kind === "config").map(({ type }) => ({ id: idOf(type), type, members: MEMBERS })),
    ...messageNodes.map(({ type, providers: [first] }, index) => ({
      id: type,
      type,
      z: "tab",
      x: 150,
      y: 40 * index + 40,
      provider: first?.name,
      [first?.name ?? ""]: idOf(`${first?.name}-account`),
      wires: [],
    })),
    ...messageNodes.map(filledIn),
    {
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
    },
  ];
}

/** Literals of which a form tells much: right and wrong at once, and as long as people write them. */
const LITERALS: Readonly<Record<LiveKind, string>> = {
  "sms-text": "Atención: la presión del depósito “Bomba 3” está más baja de lo normal 😀 {{valor}}",
  "sms-template": "Atención, {{nombre}}: la presión del depósito “Bomba 3” está más baja de lo normal 😀",
  numbers: "+56990324203, +393331234567, 99",
  addresses: "ana@example.com, ana",
  time: "2026-01-02T14:30",
};

/** A node with all fields that it can show, and a literal wherever its form tells about one. */
function filledIn({ type, definition, providers }: NodeEntry & { kind: "message" }, index: number): object {
  const provider = (providers.find(({ name }) => name === "smshosting") ?? providers[0])?.name ?? "";
  const values = Object.entries(definition.fields).flatMap(([name, field]): [string, unknown][] => {
    if (field.kind === "boolean") return [[name, name !== "estimateOnly"]];
    if (field.kind !== "typed" || field.live === undefined) return [];
    return [
      [name, LITERALS[field.live]],
      [`${name}Type`, "str"],
    ];
  });
  const place = { z: "tab", x: 800, y: 40 * index + 40, wires: [] };
  const account = { provider, [provider]: idOf(`${provider}-account`) };
  return { ...place, id: `full-${type}`, type, ...account, ...Object.fromEntries(values) };
}

/** Of a route. */
const MEMBERS = [
  { provider: "connectus", account: idOf("connectus-account"), prefixes: "56, +39" },
  { provider: "smshosting", account: "gone", prefixes: "" },
];

/** What is wrong with what a form shows: keys without a text, and words that do not fit. */
const FAULTS = `[...document.querySelectorAll(".messaging-form :is(label, summary, div, option, button, span)")]
  .filter((element) => element.children.length === 0)
  .filter(({ innerText, scrollWidth, clientWidth }) => /^[a-z]+(\\.\\w+)+$/i.test(innerText) || scrollWidth > clientWidth + 1)
  .map(({ innerText }) => innerText)`;

/** Whether the form has heard from the runtime what it asked. */
const ANSWERED = `[...document.querySelectorAll(".messaging-form :is([data-field=to], [data-field=at], [data-field=start])")]
  .filter((row) => row.querySelector(".messaging-live"))
  .every((row) => row.querySelector(".messaging-live:not(:empty) [role=status]:not(:empty), .messaging-live[role=status]:not(:empty), .messaging-problem"))`;

/** axe's rule for them. */
const COLOURS = ["color-contrast"];

describe("the forms", function () {
  this.timeout(300_000);
  let nodes: NodeEntry[];
  let nodeRed: NodeRedProcess;
  let editor: Editor;

  before(async () => {
    nodes = await loadNodes();
    nodeRed = await NodeRedProcess.start({ flows: flowOf(nodes) });
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
        await (isConfig ? editor.editConfig(idOf(type), type) : editor.show(`full-${type}`));
        await page.waitForFunction(ANSWERED);
        await page
          .locator(".messaging-form details")
          .evaluateAll((all) => all.forEach((one) => one.setAttribute("open", "")));
        assert.deepEqual(await page.evaluate(FAULTS), [], type);
        // Colours, which take longest, are the same in every language.
        const isFirst = language === languages[0];
        const rules = isFirst ? {} : { without: COLOURS };
        assert.deepEqual(await editor.axe(".messaging-form", rules), [], `${type} in light`);
        await look(`${language}-${type}-light`);
        await page.emulateMedia({ colorScheme: "dark" });
        if (isFirst) assert.deepEqual(await editor.axe(".messaging-form", { only: COLOURS }), [], `${type} in dark`);
        await look(`${language}-${type}-dark`);
        await page.emulateMedia({ colorScheme: "light" });
        await editor.press(isConfig ? "#node-config-dialog-cancel" : "#node-dialog-cancel");
      }
      assert.deepEqual(editor.errors, []);
    });
  }

  /** For a person to look at; taking them all takes longer than the tests. */
  async function look(name: string): Promise<void> {
    if (process.env.SCREENSHOTS === undefined) return;
    await editor.page.setViewportSize({ width: 1400, height: 1500 });
    await editor.screenshot(name, ".red-ui-tray >> nth=-1");
    await editor.page.setViewportSize({ width: 1400, height: 900 });
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
