import { strict as assert } from "node:assert";
import { Editor } from "../support/browser.ts";
import { NodeRedProcess } from "../support/node-red-process.ts";

const FLOW = [
  { id: "tab", type: "tab", label: "Routes" },
  { id: "chile", type: "connectus-account", name: "Chile", mode: "sandbox" },
  { id: "italy", type: "smshosting-account", name: "Italy", mode: "sandbox" },
  { id: "spare", type: "smshosting-account", name: "Spare", mode: "sandbox" },
  {
    id: "route",
    type: "messaging-route",
    name: "Alarms",
    strategy: "failover",
    failoverOnRejected: false,
    members: [
      { provider: "connectus", account: "chile", prefixes: "" },
      { provider: "smshosting", account: "italy", prefixes: "39" },
    ],
  },
  { id: "sms", type: "send-sms", z: "tab", x: 150, y: 60, provider: "route", route: "route", outputs: 1, wires: [[]] },
];

const ROW = '[data-list="members"] .red-ui-editableList-item-content';

describe("the form of a route", function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess;
  let editor: Editor;

  before(async () => {
    nodeRed = await NodeRedProcess.start({ flows: FLOW });
  });
  beforeEach(async () => {
    editor = await Editor.open(nodeRed.url);
  });
  afterEach(() => editor.close());
  after(() => nodeRed.stop());

  const members = (id = "route") => editor.page.evaluate(`RED.nodes.node(${JSON.stringify(id)}).members`);
  const problems = () => editor.page.locator(".messaging-problem").allInnerTexts();
  const marked = () =>
    editor.page
      .locator(`${ROW} .input-error[aria-invalid]`)
      .evaluateAll((parts) => parts.map((part) => (part as HTMLElement).dataset.member));
  const row = (index: number) => editor.page.locator(ROW).nth(index);

  it("shows the accounts in their order, and changes nothing by being opened", async () => {
    await editor.editConfig("route", "messaging-route");
    await row(1).waitFor();
    const shown = await editor.page
      .locator(`${ROW} select`)
      .evaluateAll((selects) => selects.map((select) => (select as HTMLSelectElement).selectedOptions[0]?.text));
    assert.deepEqual(shown, ["Chile (sandbox)", "Italy (sandbox)"]);
    assert.equal(await row(1).locator("input").inputValue(), "39");
    assert.deepEqual(await problems(), []);
    await editor.screenshot("route");
    await editor.press("#node-config-dialog-ok");
    assert.deepEqual(await members(), (FLOW[4] as { members?: unknown }).members);
    assert.equal(await editor.page.evaluate(`RED.nodes.dirty()`), false);
    assert.deepEqual(editor.errors, []);
  });

  it("is put in another order by the arrow keys", async () => {
    await editor.editConfig("route", "messaging-route");
    await editor.page.locator(".red-ui-editableList-item-handle").nth(1).focus();
    await editor.page.keyboard.press("ArrowUp");
    assert.equal(await row(0).locator("input").inputValue(), "39");
    await editor.page.keyboard.press("ArrowUp");
    await editor.page.keyboard.press("ArrowDown");
    await editor.page.keyboard.press("ArrowUp");
    await editor.press("#node-config-dialog-ok");
    const { members: before = [] } = FLOW[4] as { members?: object[] };
    assert.deepEqual(await members(), before.toReversed());
  });

  it("adds an account, keeps its prefixes, and removes another", async () => {
    await editor.editConfig("route", "messaging-route");
    await editor.page.locator(".red-ui-editableList-addButton").click();
    assert.deepEqual(await problems(), ["Choose an account, or add one with the + button."]);
    await row(2).locator("input").fill("39, Chile");
    const wrongPrefix =
      "“Chile” is no prefix: write the digits that numbers begin with, country code first, such as 56, +39.";
    assert.deepEqual(await problems(), [`Choose an account, or add one with the + button. ${wrongPrefix}`]);
    assert.deepEqual(await marked(), ["account", "prefixes"]);
    await row(2).locator("select").selectOption("spare");
    assert.deepEqual(await problems(), [wrongPrefix]);
    assert.deepEqual(await marked(), ["prefixes"]);
    await row(2).locator("input").fill("39, +378");
    assert.deepEqual(await problems(), []);
    assert.deepEqual(await marked(), []);
    await editor.page.locator('[data-list="members"] .red-ui-editableList-item-remove').first().click();
    await editor.page.locator("#node-config-input-strategy").selectOption("round-robin");
    await editor.press("#node-config-dialog-ok");
    assert.deepEqual(await members(), [
      { provider: "smshosting", account: "italy", prefixes: "39" },
      { provider: "smshosting", account: "spare", prefixes: "39, +378" },
    ]);
    assert.equal(await editor.page.evaluate(`RED.nodes.node("route").strategy`), "round-robin");
    assert.equal(await editor.page.evaluate(`RED.nodes.dirty()`), true);
  });

  it("makes a new account on the way", async () => {
    await editor.editConfig("route", "messaging-route");
    await editor.page.locator(".red-ui-editableList-addButton").click();
    await row(2).locator("select").selectOption({ label: "New SMSHosting account…" });
    const { page } = editor;
    await page.locator("#node-config-input-authKey").waitFor();
    await page.locator("#node-config-input-name").fill("Third");
    await page.locator("#node-config-input-mode").selectOption("sandbox");
    await editor.settled("#node-config-dialog-ok");
    await page.locator("#node-config-dialog-ok").click();
    await page.locator(ROW).nth(2).waitFor();
    assert.equal(
      await row(2)
        .locator("select")
        .evaluate((select) => (select as HTMLSelectElement).selectedOptions[0]?.text),
      "Third (sandbox)",
    );
    await editor.settled("#node-config-dialog-ok");
    await editor.press("#node-config-dialog-ok");
    const [, , third] = (await members()) as { provider: string; account: string }[];
    assert.equal(third?.provider, "smshosting");
    assert.equal(await page.evaluate(`RED.nodes.node(${JSON.stringify(third.account)}).name`), "Third");
  });

  it("opens an account from its row, and shows what has changed", async () => {
    const { page } = editor;
    await editor.editConfig("route", "messaging-route");
    await row(0).locator("button").click();
    await page.locator("#node-config-input-apiKey").waitFor({ state: "attached" });
    await editor.settled("#node-config-dialog-ok");
    await page.locator("#node-config-input-name").fill("Santiago");
    await page.locator("#node-config-input-mode").selectOption("live");
    await page.locator("#node-config-dialog-ok").click();
    await page.locator(`${ROW} option:checked`, { hasText: "Santiago" }).waitFor({ state: "attached" });
    await page.locator(".messaging-problem").waitFor();
    assert.deepEqual(await problems(), ["Something in this account needs correcting: press the pencil."]);
  });

  it("counts as a user of its accounts, so that Node-RED does not take them for unused", async () => {
    const users = (id: string) =>
      editor.page.evaluate(`RED.nodes.node(${JSON.stringify(id)}).users.map(({ id }) => id)`);
    await editor.page.waitForFunction(`RED.nodes.node("chile").users.length > 0`);
    assert.deepEqual([await users("chile"), await users("italy"), await users("spare")], [["route"], ["route"], []]);
  });

  it("is offered by the nodes that can use it, and says there what is wrong with it", async () => {
    const { page } = editor;
    assert.equal(await page.evaluate(`RED.nodes.node("sms").valid`), true);
    await editor.edit("sms");
    await page.locator("#node-input-route").waitFor();
    const isShown = (field: string) => page.locator(`.messaging-form [data-field="${field}"]`).isVisible();
    assert.deepEqual([await isShown("route"), await isShown("connectus")], [true, false]);
    assert.equal(await page.locator("#node-input-route option:checked").innerText(), "Alarms");
    await page.locator("#node-input-provider").selectOption("connectus");
    assert.deepEqual([await isShown("route"), await isShown("connectus")], [false, true]);
    await page.locator("#node-input-provider").selectOption("route");
    await page.locator("#node-input-route").selectOption("_ADD_");
    assert.deepEqual(await problems(), ["Choose a route, or add one with the + button."]);
    await editor.press("#node-dialog-cancel");
    await page.evaluate(`RED.nodes.remove("italy")`);
    await editor.editConfig("route", "messaging-route");
    await page.locator(".messaging-problem").waitFor();
    assert.deepEqual(await problems(), ["This account was deleted. Choose another one."]);
  });
});
