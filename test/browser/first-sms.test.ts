import { strict as assert } from "node:assert";
import { Editor } from "../support/browser.ts";
import { NodeRedProcess } from "../support/node-red-process.ts";
import { PhoneTab } from "../support/phone-tab.ts";

/** For the tests of a suite: an editor of a Node-RED that nobody has used yet. */
function freshEditor(): () => Editor {
  let nodeRed: NodeRedProcess;
  let editor: Editor;

  before(async () => {
    nodeRed = await NodeRedProcess.start();
    editor = await Editor.open(nodeRed.url);
  });

  after(async () => {
    await editor.close();
    await nodeRed.stop();
  });

  return () => editor;
}

describe("a person in the editor", function () {
  this.timeout(120_000);
  const fresh = freshEditor();

  it("sends a first SMS: drags the node in, adds a sandbox account, deploys, presses inject and sees the badge", async () => {
    const editor = fresh();
    const { page } = editor;
    const send = await editor.drag("send-sms", 420, 150);
    await editor.edit(send);
    assert.equal(
      await page.locator(".messaging-problem").innerText(),
      "Choose an account, or add one with the + button.",
    );

    await page.locator("#node-input-btn-connectus-add").click();
    await editor.settled("#node-config-dialog-ok");
    await page.locator("#node-config-input-mode").selectOption("sandbox");
    assert.equal(await page.locator("#node-config-input-apiKey").isVisible(), false);
    await editor.press("#node-config-dialog-ok");
    await editor.settled("#node-dialog-ok");
    assert.equal(await page.locator("#node-input-connectus option:checked").innerText(), "Connectus (sandbox)");

    await editor.typeInto("to", "str", "+56 9 9032 4203");
    assert.equal(await page.locator(".messaging-problem").count(), 0);
    await editor.press("#node-dialog-ok");

    const inject = await editor.drag("inject", 150, 150);
    const debug = await editor.drag("debug", 700, 150);
    await editor.wire(inject, send);
    await editor.wire(send, debug);
    await editor.deploy();
    await page.locator(`[id="${inject}"] .red-ui-flow-node-button-button`).click();

    const badge = page.locator(`[id="${send}"] .red-ui-flow-node-status-group`);
    await badge.getByText("sent (sandbox)").waitFor();
    await badge.locator(".red-ui-flow-node-status-dot-green").waitFor();
    const result = await page.locator(".red-ui-debug-msg-payload").first().innerText();
    assert.match(result, /provider: "connectus", channel: "sms", account: "Connectus", id: "[0-9a-f]+…", accepted: 1/);
    await editor.screenshot("first-sms");
    assert.deepEqual(editor.errors, []);
  });
});

/** Each with the number of its sandbox's own phone. */
const PHONES = { connectus: "+56990324203", smshosting: "+393480000101", conectaline: "+34600100100" };

for (const [provider, number] of Object.entries(PHONES)) {
  describe(`a new user of ${provider}`, function () {
    this.timeout(120_000);
    const fresh = freshEditor();

    it("drags send sms in, adds an account, chooses sandbox, deploys, injects, and sees it on the phone", async () => {
      const editor = fresh();
      const { page } = editor;
      const send = await editor.drag("send-sms", 420, 150);
      await editor.edit(send);
      await page.locator("#node-input-provider").selectOption(provider);
      await page.locator(`#node-input-btn-${provider}-add`).click();
      await editor.settled("#node-config-dialog-ok");
      await page.locator("#node-config-input-mode").selectOption("sandbox");
      assert.equal(await page.locator(".messaging-problem:visible").count(), 0, "nothing else is asked for");
      await editor.press("#node-config-dialog-ok");
      await editor.settled("#node-dialog-ok");
      assert.equal(await page.locator(".messaging-problem:visible").count(), 0, "nothing else is asked for");
      await editor.press("#node-dialog-ok");
      const inject = await editor.drag("inject", 150, 150);
      await editor.wire(inject, send);
      await editor.deploy();
      await page.locator(`[id="${inject}"] .red-ui-flow-node-button-button`).click();

      const tab = new PhoneTab(page);
      await tab.open();
      await tab.root.getByRole("heading", { name: number }).waitFor();
      await tab.bubbles().filter({ hasText: "delivered" }).waitFor();
      assert.match(await tab.bubbles().innerText(), /^\d{13}\n/, "the time that inject sends by itself");
      assert.deepEqual(editor.errors, []);
    });

    it("answers on the phone, which makes webhook in fire", async () => {
      const editor = fresh();
      const { page } = editor;
      const tab = new PhoneTab(page);
      await tab.reply("Is anybody there?");
      await tab.note().filter({ hasText: "No webhook in took it" }).waitFor();

      const hook = await editor.drag("webhook-in", 150, 300);
      const debug = await editor.drag("debug", 420, 300);
      await editor.edit(hook);
      await page.locator("#node-input-provider").selectOption(provider);
      await page.locator(`#node-input-${provider}`).selectOption({ index: 0 });
      await editor.press("#node-dialog-ok");
      await editor.wire(hook, debug, 1);
      await editor.deploy();
      await tab.reply("Thanks, on my way");
      await tab.note().filter({ hasText: "Received by webhook in." }).waitFor();
      await page.locator(".red-ui-debug-msg-payload").filter({ hasText: 'type: "inbound"' }).waitFor();
      await tab.bubbles().nth(2).waitFor();
      const [, ...written] = await tab.bubbles().locator("p").allInnerTexts();
      assert.deepEqual(written, ["Is anybody there?", "Thanks, on my way"]);
      await editor.screenshot(`first-answer-${provider}`);
      assert.deepEqual(editor.errors, []);
    });
  });
}
