import { strict as assert } from "node:assert";
import { Editor } from "../support/browser.ts";
import { NodeRedProcess } from "../support/node-red-process.ts";

/** Values that the forms do not offer, or cannot show in their usual control. */
const ODD: Record<string, Record<string, unknown>> = {
  "send-sms": {
    provider: "${PROVIDER}",
    to: "990324203",
    toType: "num",
    text: "[1]",
    textType: "json",
    at: "",
    atType: "date",
    from: "true",
    fromType: "bool",
    errorOutput: "${ERRORS}",
    encoding: "${ENCODING}",
    outputs: 2,
  },
  "send-bulk": { messages: '["990324203"]', messagesType: "json", at: "1790000000000", atType: "num" },
  "check-status": {
    lookup: "42",
    lookupType: "num",
    follow: "${FOLLOW}",
    everySeconds: "1+1",
    everySecondsType: "jsonata",
    withinSeconds: "${WITHIN}",
    withinSecondsType: "num",
  },
};

const ACCOUNTS = [
  { id: "empty", type: "connectus-account", mode: "live" },
  { id: "given", type: "connectus-account", mode: "live" },
  { id: "variables", type: "connectus-account", mode: "live" },
  { id: "sandbox", type: "connectus-account", mode: "sandbox" },
  { id: "italian", type: "smshosting-account", mode: "sandbox" },
  { id: "variable", type: "connectus-account", mode: "sandbox", concurrency: "${PARALLEL}" },
];

const CREDENTIALS = {
  given: { accountId: "one", apiKey: "key" },
  variables: { accountId: "${ID}", apiKey: "${KEY}" },
};

function flow(): object[] {
  const odd = Object.entries(ODD).map(([type, fields], index) => ({
    ...place(type, 40 * index + 40),
    type,
    provider: "connectus",
    connectus: "sandbox",
    ...fields,
  }));
  const choices = ["empty", "given", "variables", "sandbox"].map((account, index) => ({
    ...place(`through-${account}`, 40 * index + 200),
    type: "send-sms",
    provider: "connectus",
    connectus: account,
  }));
  const both = { provider: "connectus", connectus: "sandbox", smshosting: "italian" };
  return [
    { id: "tab", type: "tab", label: "Saved" },
    ...ACCOUNTS,
    ...odd,
    ...choices,
    { ...place("sender-set", 400), ...both, type: "send-sms", from: "ALARM", fromType: "str" },
    { ...place("kinds", 440), ...both, type: "check-status" },
    { ...place("bulk", 480), ...both, type: "send-bulk" },
  ];
}

function place(id: string, y: number): Record<string, unknown> {
  return { id, z: "tab", x: 200, y, wires: [] };
}

describe("what is saved", function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess;
  let editor: Editor;

  before(async () => {
    nodeRed = await NodeRedProcess.start({ flows: flow(), credentials: CREDENTIALS });
  });

  beforeEach(async () => {
    editor = await Editor.open(nodeRed.url);
  });

  afterEach(() => editor.close());

  after(() => nodeRed.stop());

  const isShown = (field: string) => editor.page.locator(`.messaging-form [data-field="${field}"]`).isVisible();
  const isValid = (id: string) => editor.page.evaluate<boolean>(`RED.nodes.node("${id}").valid`);

  for (const [type, fields] of Object.entries(ODD)) {
    it(`in ${type} is kept by its form, types and environment variables too`, async () => {
      await editor.edit(type);
      await editor.unfold();
      await editor.screenshot(`kept-${type}`);
      await editor.press("#node-dialog-ok");
      const saved = await editor.page.evaluate<Record<string, unknown>>(
        `({ ...RED.nodes.convertNode(RED.nodes.node("${type}")) })`,
      );
      for (const [name, value] of Object.entries(fields)) assert.equal(String(saved[name]), String(value), name);
      assert.deepEqual(editor.errors, []);
    });
  }

  it("in an account is kept by its form", async () => {
    await editor.editConfig("variable", "connectus-account");
    await editor.press("#node-config-dialog-ok");
    assert.equal(await editor.page.evaluate(`RED.nodes.node("variable").concurrency`), "${PARALLEL}");
  });

  it("shows an account that is live without credentials as wrong, and who uses it", async () => {
    await editor.page.waitForFunction(`RED.nodes.node("empty").valid === false`);
    const valid = ["given", "variables", "sandbox", "through-given", "through-variables", "through-sandbox"];
    assert.deepEqual(
      await Promise.all(valid.map(isValid)),
      valid.map(() => true),
    );
    assert.equal(await isValid("through-empty"), false);
    assert.match(await editor.page.evaluate<string>(`RED.nodes.node("empty").validationErrors.join()`), /credentials/);
  });

  it("corrects itself when the credentials are filled in, and stays so when the editor forgets them", async () => {
    await editor.page.waitForFunction(`RED.nodes.node("empty").valid === false`);
    await editor.editConfig("empty", "connectus-account");
    await editor.page.locator("#node-config-input-accountId").fill("two");
    await editor.press("#node-config-dialog-ok");
    assert.equal(await isValid("empty"), false);
    await editor.editConfig("empty", "connectus-account");
    await editor.page.locator("#node-config-input-apiKey").fill("${KEY}");
    await editor.press("#node-config-dialog-ok");
    assert.equal(await isValid("empty"), true);
    // As at a deploy, after which the editor knows nothing of credentials.
    await editor.page.evaluate(`delete RED.nodes.node("empty").credentials`);
    assert.equal(await editor.page.evaluate(`RED.editor.validateNode(RED.nodes.node("empty"))`), true);
  });

  it("hides the fields that the chosen provider does not take", async () => {
    const { page } = editor;
    await editor.edit("through-sandbox");
    await editor.unfold();
    // GSM 7-bit is checked here, whatever the provider takes.
    const shown = async (...fields: string[]) => Promise.all(fields.map(isShown));
    assert.deepEqual(await shown("from", "encoding", "reference"), [false, true, true]);
    await page.locator("#node-input-provider").selectOption("smshosting");
    assert.deepEqual(await shown("from", "encoding", "at"), [true, true, true]);
    await page.locator("#node-input-provider").selectOption("conectaline");
    assert.deepEqual(await shown("from", "encoding", "at"), [false, true, true]);
    await editor.screenshot("idle-hidden");
  });

  it("says of a field that is set that the provider does not take it", async () => {
    await editor.edit("sender-set");
    await editor.unfold();
    const note = editor.page.locator(`[data-field="from"] .messaging-idle`);
    assert.equal(await note.innerText(), "Connectus does not take this: messages go without it.");
    await editor.screenshot("idle-set");
    await editor.page.locator("#node-input-provider").selectOption("smshosting");
    assert.equal(await note.count(), 0);
  });

  it("offers the channels and kinds that the chosen provider has", async () => {
    const { page } = editor;
    /** Which options there are is known a moment after the form is seen. */
    const offers = (field: string, count: number) =>
      page.waitForFunction(
        `document.querySelectorAll("#node-input-${field} option:not([hidden])").length === ${count}`,
        undefined,
        { timeout: 5000 },
      );
    await editor.edit("kinds");
    await editor.unfold();
    assert.equal(await page.locator(`#node-input-kind option[value="push"]`).getAttribute("hidden"), "");
    await offers("kind", 4);
    await page.locator("#node-input-provider").selectOption("smshosting");
    assert.equal(await page.locator(`#node-input-kind option[value="push"]`).getAttribute("hidden"), null);
    await editor.press("#node-dialog-cancel");
    await editor.edit("bulk");
    await offers("channel", 2);
    await page.locator("#node-input-provider").selectOption("smshosting");
    await offers("channel", 1);
  });
});
