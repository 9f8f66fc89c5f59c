import { strict as assert } from "node:assert";
import { Editor } from "../support/browser.ts";
import { NodeRedProcess } from "../support/node-red-process.ts";

const on = { z: "tab", x: 200, y: 60, wires: [[], []] };
const bulk = { ...on, type: "send-bulk", provider: "smshosting", smshosting: "sh" };
const campaign = {
  ...on,
  type: "send-campaign",
  provider: "conectaline",
  conectaline: "cl",
  groups: "1",
  groupsType: "str",
};
const block = { ...campaign, messagesPerBlock: "100", minutesPerBlock: "10" };
const status = { ...on, type: "check-status", provider: "connectus", connectus: "cs" };
const receive = { ...on, type: "receive-sms", provider: "smshosting", smshosting: "sh" };
const hook = { ...on, type: "webhook-in", provider: "connectus", connectus: "cs" };

/** Nodes that could not work, and what the workspace says of them. */
const MARKED: readonly (readonly [Record<string, unknown>, readonly string[]])[] = [
  [{ ...bulk, channel: "email" }, ["Channel: SMSHosting sends no e-mail: choose SMS or another provider."]],
  [{ ...bulk, channel: "sms" }, []],
  [{ ...bulk, batchSize: "0" }, ["Per request: Must be more than 0."]],
  [
    { ...campaign, messagesPerBlock: "0" },
    [
      "Per block: Must be a whole number above 0.",
      "Minutes: A campaign in blocks needs both numbers: fill this one too, or empty “Per block”.",
    ],
  ],
  [
    { ...campaign, messagesPerBlock: "5" },
    ["Minutes: A campaign in blocks needs both numbers: fill this one too, or empty “Per block”."],
  ],
  [{ ...campaign, messagesPerBlock: "5", minutesPerBlock: "minutes", minutesPerBlockType: "msg" }, []],
  [{ ...campaign, days: "1,2" }, ["Days: Only works in blocks: fill “Per block” and “Minutes” too, or empty this."]],
  [
    { ...block, days: "9", timeIntervals: "25:00-26:00" },
    [
      "Days: 9 is no day of the week: write numbers from 1 (Monday) to 7 (Sunday), as in 1,2,3,4,5.",
      "Hours: 25:00-26:00 is no part of a day: write HH:mm-HH:mm, as in 09:00-13:00,17:00-21:00.",
    ],
  ],
  [{ ...block, days: "[1,5]", daysType: "json", timeIntervals: "09:00-13:00" }, []],
  [{ ...status, follow: true, everySeconds: "0", everySecondsType: "num" }, ["Every (s): Must be more than 0."]],
  [{ ...status, follow: false, everySeconds: "0" }, []],
  [{ ...receive, everySeconds: "1" }, ["Every (s): Must be at least 5."]],
  [
    { ...hook, path: "/a/../b", publicUrl: "ftp://x" },
    [
      "Path: The path must not be empty, nor have a part “.” or “..”.",
      "Public address: The public address must be a URL such as https://example.com.",
    ],
  ],
  [{ ...on, type: "send-sms" }, ["Account: Choose an account, or add one with the + button."]],
  // As the runtime has it: that of the only account set in it.
  [{ ...on, type: "send-sms", smshosting: "sh" }, []],
  [hook, []],
];

describe("what no message can go with", function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess;
  let editor: Editor;

  before(async () => {
    const accounts = [
      { id: "cs", type: "connectus-account", name: "", mode: "sandbox" },
      { id: "sh", type: "smshosting-account", name: "", mode: "sandbox" },
      { id: "cl", type: "conectaline-account", name: "", mode: "sandbox", configurationName: "x" },
      { id: "nowhere", type: "connectus-account", name: "", mode: "sandbox", country: "XX" },
    ];
    const nodes = MARKED.map(([node], index) => ({ id: `node-${index}`, ...node }));
    nodeRed = await NodeRedProcess.start({
      flows: [{ id: "tab", type: "tab", label: "Marks" }, ...accounts, ...nodes],
    });
    editor = await Editor.open(nodeRed.url);
  });

  after(async () => {
    await editor.close();
    await nodeRed.stop();
  });

  it("is marked on the workspace, and nothing else is", async () => {
    const marks = (id: string) => editor.page.evaluate(`RED.nodes.node("${id}").validationErrors`);
    for (const [index, [node, expected]] of MARKED.entries()) {
      assert.deepEqual(await marks(`node-${index}`), expected, JSON.stringify(node));
    }
    assert.deepEqual(await marks("nowhere"), ["Country: Must be a country's two letters, such as CL, ES or IT."]);
  });

  it("is marked at its field when the form is changed, also by another provider", async () => {
    const { page } = editor;
    await editor.show("node-1");
    await page.locator("#node-input-provider").selectOption("connectus");
    await page.locator("#node-input-channel").selectOption("email");
    assert.equal(await page.locator(".messaging-problem").count(), 1, "the account that is to be chosen");
    await page.locator("#node-input-provider").selectOption("smshosting");
    const problem = page.locator('[data-field="channel"] .messaging-problem');
    assert.match(await problem.innerText(), /SMSHosting sends no e-mail/);
    assert.equal(await page.locator("#node-input-channel").getAttribute("aria-invalid"), "true");
    await page.locator("#node-input-channel").selectOption("sms");
    assert.equal(await page.locator(".messaging-problem").count(), 0);
    await editor.press("#node-dialog-cancel");

    await editor.show("node-12");
    assert.equal(await page.locator('[data-field="path"] .messaging-problem').count(), 1);
    assert.equal(await page.locator('[data-field="publicUrl"] .messaging-problem').count(), 1);
    await page.locator("#node-input-path").fill("in");
    await page.locator("#node-input-publicUrl").fill("https://example.com");
    assert.equal(await page.locator(".messaging-problem:visible").count(), 0);
    assert.match(await page.locator("#messaging-webhook-url").inputValue(), /^https:\/\/example\.com\/in\//);
    await editor.press("#node-dialog-cancel");
    assert.deepEqual(editor.errors, []);
  });

  it("offers GSM 7-bit with every provider, and says that Unicode is not taken where it is not", async () => {
    const { page } = editor;
    await editor.show("node-13");
    assert.equal(await page.locator("#node-input-provider").inputValue(), "connectus");
    assert.ok(await page.locator('[data-field="connectus"]').isVisible());
    await editor.unfold();
    const encoding = page.locator("#node-input-encoding");
    const offered = () =>
      encoding.locator("option:not([hidden])").evaluateAll((all) => all.map((option) => option.getAttribute("value")));
    assert.deepEqual(await offered(), ["auto", "gsm7"]);
    await encoding.selectOption("gsm7");
    const row = page.locator('[data-field="encoding"]');
    assert.equal(await row.locator(".messaging-idle").count(), 0);
    assert.match(await row.innerText(), /text with other characters is not sent/);
    await page.locator("#node-input-provider").selectOption("smshosting");
    assert.deepEqual(await offered(), ["auto", "gsm7", "ucs2"]);
    await encoding.selectOption("ucs2");
    await page.locator("#node-input-provider").selectOption("connectus");
    assert.match(await row.locator(".messaging-idle").innerText(), /Connectus does not take this/);
    await editor.press("#node-dialog-cancel");
  });
});
