import { strict as assert } from "node:assert";
import { Editor } from "../support/browser.ts";
import { NodeRedProcess } from "../support/node-red-process.ts";
import { postJson } from "../support/webhook.ts";

describe("the form of a webhook", function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess;
  let editor: Editor;

  before(async () => {
    const account = { id: "account", type: "connectus-account", name: "Sandbox", mode: "sandbox" };
    nodeRed = await NodeRedProcess.start({ flows: [{ id: "tab", type: "tab", label: "Test" }, account] });
    editor = await Editor.open(nodeRed.url);
  });

  after(async () => {
    await editor.close();
    await nodeRed.stop();
  });

  /** The form asks Node-RED for a secret that is stored, and Node-RED fills it in when it knows which passwords there are. */
  async function urlShown(): Promise<string> {
    await editor.page.waitForFunction(`/[^•]$/.test(document.querySelector("#messaging-webhook-url")?.value ?? "•")`);
    return editor.page.locator("#messaging-webhook-url").inputValue();
  }
  const isRow = (name: string) => editor.page.locator(`.form-row[data-field="${name}"]`).isVisible();
  const report = (url: string) => postJson(url, { id_sms: "1", status: "ENTREGADO" });

  async function save(): Promise<void> {
    await editor.press("#node-dialog-ok");
    await editor.deploy();
  }

  it("makes a secret, shows the URL, tells of the last callback, and rotates without a gap", async () => {
    const { page } = editor;
    const webhook = await editor.drag("webhook-in", 300, 150);
    await editor.edit(webhook);
    await page.locator("#node-input-connectus").selectOption({ label: "Sandbox" });
    const first = await urlShown();
    assert.match(first, new RegExp(`^${nodeRed.url}messaging/webhook/[\\w-]{43}$`));
    assert.deepEqual(await page.locator('[data-field="url"] .messaging-problem:visible').allInnerTexts(), [
      "This address is that of your own computer: no provider can reach it. Give the public address.",
      "Without https, others on the way can read the secret and the messages.",
    ]);
    assert.equal(await page.locator("#messaging-webhook-last").innerText(), "Listens after the next deploy.");
    await page.locator("#node-input-path").fill("/my/hook/");
    const moved = await urlShown();
    assert.equal(moved, first.replace("messaging/webhook", "my/hook"));
    assert.equal(await isRow("previousSecret"), false);
    await editor.screenshot("webhook-new");
    await save();

    await editor.edit(webhook);
    assert.equal(await urlShown(), moved, "the form knows the URL of what was deployed");
    assert.equal(await page.locator("#node-input-secret").inputValue(), "__PWRD__");
    await page.locator("#messaging-webhook-last", { hasText: "No callback yet." }).waitFor();
    await editor.press("#node-dialog-cancel");
    assert.equal((await report(moved)).status, 200);

    await editor.edit(webhook);
    await page.locator("#messaging-webhook-last", { hasText: "Last callback: " }).waitFor();
    await page.locator('[data-field="secret"] button').click();
    const renewed = await urlShown();
    assert.match(renewed, /\/my\/hook\/[\w-]{43}$/);
    assert.notEqual(renewed, moved);
    assert.equal(await isRow("previousSecret"), true);
    await editor.screenshot("webhook-rotation");
    await save();
    assert.deepEqual([(await report(moved)).status, (await report(renewed)).status], [200, 200]);

    await editor.edit(webhook);
    assert.equal(await urlShown(), renewed);
    await page.locator('[data-field="previousSecret"] button').click();
    assert.equal(await isRow("previousSecret"), false);
    await save();
    assert.deepEqual([(await report(moved)).status, (await report(renewed)).status], [404, 200]);

    const exported = await page.evaluate<string>(
      `JSON.stringify(RED.nodes.createExportableNodeSet([RED.nodes.node(${JSON.stringify(webhook)})]))`,
    );
    for (const url of [moved, renewed]) {
      const secret = url.split("/").at(-1) ?? "";
      assert.ok(!exported.includes(secret) && !nodeRed.output.includes(secret));
    }
    assert.deepEqual(editor.errors, []);
  });

  it("copies the URL", async () => {
    const { page } = editor;
    const [webhook = ""] = await page.evaluate<string[]>(
      `RED.nodes.filterNodes({ type: "webhook-in" }).map(({ id }) => id)`,
    );
    await editor.edit(webhook);
    await page.evaluate(`document.addEventListener("copy", () => {
      window.copied = document.activeElement.value;
    }, { once: true })`);
    await page.locator('[data-field="url"] button').click();
    assert.equal(await page.evaluate("window.copied"), await urlShown());
    await editor.press("#node-dialog-cancel");
  });

  it("keeps the old secret for whoever may not see it, and says what is wrong with an address", async () => {
    const { page } = editor;
    const [webhook = ""] = await page.evaluate<string[]>(
      `RED.nodes.filterNodes({ type: "webhook-in" }).map(({ id }) => id)`,
    );
    const problems = (field: string) => page.locator(`[data-field="${field}"] .messaging-problem:visible`);
    // As a user is answered who may look only.
    await page.route("**/messaging/webhook-in/*/secret", (route) => route.fulfill({ status: 403 }));
    await editor.edit(webhook);
    await problems("secret").getByText("Only who may change these settings sees the secret in use").waitFor();
    assert.equal(await page.locator('[data-field="secret"] button').isDisabled(), true);
    assert.match(await page.locator("#messaging-webhook-url").inputValue(), /•••$/);
    assert.equal(await page.locator('[data-field="url"] button').isDisabled(), true);
    await editor.press("#node-dialog-cancel");
    await page.unroute("**/messaging/webhook-in/*/secret");

    await editor.edit(webhook);
    await urlShown();
    await page.locator("#node-input-path").fill("/a/../b");
    await page.getByText("The path must not be empty, nor have a part “.” or “..”.").first().waitFor();
    await page.locator("#node-input-path").fill("${HOOK}");
    await problems("url").getByText("An environment variable is part of this URL").waitFor();
    assert.equal(await page.locator('[data-field="url"] button').isDisabled(), true, "it cannot be pasted");
    await page.locator("#node-input-path").fill("hook");
    await page.locator("#node-input-publicUrl").fill("https://example.com");
    await page.getByText("Holds after “Done” and the next deploy.").waitFor();
    await problems("url").first().waitFor({ state: "hidden" });
    await page.locator("#node-input-secret").fill("short");
    await problems("secret").getByText("Fewer than 22 characters can be guessed").waitFor();
    await editor.press("#node-dialog-cancel");
    // The browser itself logs the refusal.
    assert.deepEqual(
      editor.errors.filter((line) => !line.includes("403")),
      [],
    );
  });
});
