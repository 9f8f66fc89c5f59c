import { strict as assert } from "node:assert";
import { conectalineStandIn } from "../../src/providers/conectaline/stand-in.ts";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import { smshostingStandIn } from "../../src/providers/smshosting/stand-in.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { languages } from "../../scripts/node-set.ts";
import { Editor } from "../support/browser.ts";
import { NodeRedProcess } from "../support/node-red-process.ts";

const KEY = "sandbox-key";
const SECRET = "sandbox-secret";
const PASSWORD = "sandbox-password";

/** Keys without a text, and words that do not fit. */
const FAULTS = `[...document.querySelectorAll(".messaging-connection *, .messaging-pick *")]
  .filter(({ children, tagName }) => children.length === 0 && tagName !== "INPUT")
  .filter(({ innerText, scrollWidth, clientWidth }) => /^[a-z]+(\\.\\w+)+$/i.test(innerText) || scrollWidth > clientWidth + 1)
  .map(({ innerText, outerHTML }) => innerText || outerHTML)`;

describe("the accounts in the editor", function () {
  this.timeout(120_000);
  let sandboxes: Sandbox[];
  let nodeRed: NodeRedProcess;
  let editor: Editor;

  before(async () => {
    sandboxes = await Promise.all(
      [connectusStandIn(), smshostingStandIn(), conectalineStandIn()].map((one) => startSandbox(one)),
    );
    nodeRed = await NodeRedProcess.start({
      flows: flowOf(...sandboxes.map(({ url }) => url)),
      credentials: {
        "account-1": { accountId: "sandbox", apiKey: KEY },
        "account-2": { authKey: "sandbox", authSecret: SECRET },
        "account-3": { email: "sandbox@example.com", password: PASSWORD },
      },
    });
    editor = await Editor.open(nodeRed.url);
  });

  beforeEach(() => {
    editor.errors.length = 0;
  });

  after(async () => {
    await editor.close();
    await nodeRed.stop();
    await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
  });

  const result = () => editor.page.locator('.messaging-connection [role="status"]');
  /** Presses the button and waits for what it says. */
  async function test(expected: string | RegExp): Promise<string> {
    await editor.page.locator(".messaging-test").click();
    await result().getByText(expected).first().waitFor();
    return result().innerText();
  }

  /** For a person to look at; taking them all takes longer than the tests. */
  async function look(name: string): Promise<void> {
    if (process.env.SCREENSHOTS) await editor.screenshot(name);
  }

  for (const [index, language] of languages.entries()) {
    it(`show tests, states and lists whole in ${language}`, async () => {
      await editor.speak(language);
      const { page } = editor;
      /** In both themes. */
      const check = async (name: string) => {
        assert.deepEqual(await page.evaluate(FAULTS), [], name);
        for (const colorScheme of ["dark", "light"] as const) {
          await page.emulateMedia({ colorScheme });
          assert.deepEqual(await editor.axe(".messaging-form"), [], `${name}, ${colorScheme}`);
          await look(`${language}-${colorScheme}-${name}`);
        }
      };
      for (const [id, type] of ACCOUNTS) {
        await editor.editConfig(id, type);
        await test(["It works", "Funciona", "Funziona"][index] ?? "");
        await page.locator(".messaging-state div").first().waitFor();
        await check(`test-${type}`);
        await editor.press("#node-config-dialog-cancel");
      }
      await editor.show("push");
      await page.locator("#node-input-groups ~ .messaging-pick-button").click();
      await page.locator(".messaging-pick-list label").first().waitFor();
      await check("pick-groups");
      await editor.press("#node-dialog-cancel");
      assert.deepEqual(editor.errors, []);
    });
  }

  it("test what a new form holds, say what is wrong, and forget nothing that was typed", async () => {
    await editor.speak("en-US");
    const { page } = editor;
    const [connectus] = sandboxes;
    await editor.editConfig("_ADD_", "connectus-account");
    await page.getByText("Not deployed yet.").waitFor();
    assert.match(await test("First correct"), /First correct what is marked\. .+: Must not be empty\./);
    await page.locator("#node-config-input-accountId").fill("sandbox");
    await page.locator("#node-config-input-apiKey").fill("mistyped");
    await editor.unfold();
    for (const refused of ["http://api.example.com/v1", "https://api.example.com/v1?"]) {
      await page.locator("#node-config-input-baseUrl").fill(refused);
      assert.match(await test("First correct"), /Base URL: Must begin with https/);
    }
    await page.locator("#node-config-input-baseUrl").fill(connectus?.url ?? "");
    assert.match(await test("does not accept these credentials"), /check_balance was refused \(HTTP 401\)/);
    await look("test-refused");
    await page.locator("#node-config-input-apiKey").fill(KEY);
    assert.match(await test("It works"), /Balance: 100,000 SMS, 100,000 e-mails/);
    assert.equal(await page.locator("#node-config-input-apiKey").inputValue(), KEY);
    await page.locator("#node-config-input-mode").selectOption("sandbox");
    await test("The sandbox answers. The real provider was not asked");
    await page.locator("#node-config-input-mode").selectOption("off");
    await test("nobody is asked");
    await editor.press("#node-config-dialog-cancel");
    assert.deepEqual(
      editor.errors.filter((line) => !line.includes("401")),
      [],
    );
  });

  it("test a deployed account by its stored credentials, and show how it fares", async () => {
    await editor.speak("en-US");
    const { page } = editor;
    await editor.editConfig("account-3", "conectaline-account");
    assert.equal(await page.locator("#node-config-input-password").inputValue(), "__PWRD__");
    await page.locator(".messaging-test").focus();
    await page.keyboard.press("Enter");
    await result().getByText("Balance: €10,000.00").waitFor();
    await result()
      .getByText(/Signed in until \d/)
      .waitFor();
    const state = page.locator(".messaging-state");
    await state.getByText(/Deployed in mode Live\. Last request that succeeded: \d/).waitFor();
    assert.match(await state.innerText(), /Signed in until \d/);
    await page.locator("#node-config-input-configurationName").fill("alarm");
    assert.match(await test("It works"), /no configuration “alarm”\. It has: sandbox, alarms\./);
    sandboxes[2]?.misbehave({ kind: "status", status: 503 });
    await page.locator("#node-config-input-configurationName").fill("alarms");
    await test("has a fault of its own");
    await state.getByText(/Last error: provider error, \d/).waitFor();
    await look("test-state");
    await editor.press("#node-config-dialog-cancel");
  });

  it("tell credentials that are missing from credentials that are wrong", async () => {
    await editor.speak("en-US");
    await editor.editConfig("account-4", "smshosting-account");
    const { page } = editor;
    await page.locator(".messaging-state").getByText("Credentials are missing, so nobody was asked.").waitFor();
    await editor.press("#node-config-dialog-cancel");
  });

  it("offer lists by keyboard and mouse, and keep what else is typed", async () => {
    await editor.speak("en-US");
    const { page } = editor;
    const value = (field: string) => page.locator(`#node-input-${field}`).inputValue();
    const opener = (field: string) => page.locator(`[data-field="${field}"] .messaging-pick-button`);
    const option = (name: string) => page.locator(".messaging-pick-list").getByText(name, { exact: true });

    await editor.show("push");
    await editor.typeInto("groups", "str", "77");
    await opener("groups").focus();
    await page.keyboard.press("Enter");
    await option("Amici (1)").waitFor();
    await page.keyboard.press("Space");
    assert.equal(await value("groups"), "77,1");
    await option("Scuola (2)").click();
    assert.equal(await value("groups"), "77,1,2");
    await option("Amici (1)").click();
    assert.equal(await value("groups"), "77,2");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".messaging-pick").count(), 0);
    assert.equal(await opener("groups").evaluate((button) => button === document.activeElement), true);
    await editor.press("#node-dialog-ok");

    await editor.show("sms");
    await editor.unfold();
    await opener("from").click();
    await option("ALARM").click();
    await page.locator(".messaging-pick").waitFor({ state: "detached" });
    assert.deepEqual([await value("from"), await value("fromType")], ["ALARM", "str"]);
    // A provider that has no such list offers none.
    await page.locator("#node-input-provider").selectOption("connectus");
    await opener("from").waitFor({ state: "hidden" });
    await page.locator("#node-input-provider").selectOption("smshosting");
    sandboxes[1]?.misbehave({ kind: "status", status: 401 });
    await opener("from").click();
    await page.locator(".messaging-pick").getByText("does not accept these credentials").waitFor();
    await look("pick-refused");
    await editor.press("#node-dialog-ok");
    const saved = await page.evaluate(`(({ from, fromType }) => ({ from, fromType }))(RED.nodes.node("sms"))`);
    assert.deepEqual(saved, { from: "ALARM", fromType: "str" });

    await editor.show("campaign");
    await opener("groups").click();
    await option("Guardia (3)").click();
    assert.deepEqual([await value("groups"), await value("groupsType")], ["3", "str"]);
    await look("pick-campaign");
    await editor.press("#node-dialog-cancel");

    // In the account's own form, before it is deployed.
    await editor.editConfig("account-3", "conectaline-account");
    await page.locator('[data-field="configurationName"] .messaging-pick-button').click();
    await option("alarms (Alarms)").waitFor();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("#node-config-input-configurationName").inputValue(), "sandbox");
    await editor.press("#node-config-dialog-cancel");
  });

  it("mark every node that uses a sandbox before any message was sent", async () => {
    await editor.speak("en-US");
    const { page } = editor;
    const marks = () =>
      page.evaluate<Record<string, string>>(`Object.fromEntries(
        [...document.querySelectorAll(".messaging-mode:not(.hide)")].map((mark) => [mark.closest(".red-ui-flow-node-group").id, mark.textContent]))`);
    assert.deepEqual(await marks(), { balance: "sandbox", routed: "sandbox" });
    await look("mode-marks");
    await editor.show("balance");
    const chosen = page.locator("#node-input-connectus option:checked");
    assert.equal(await chosen.innerText(), "Trial (sandbox)");
    await editor.press("#node-dialog-cancel");

    await editor.editConfig("account-1", "connectus-account");
    await page.locator("#node-config-input-mode").selectOption("off");
    await editor.press("#node-config-dialog-ok");
    assert.deepEqual(await marks(), { balance: "sandbox", routed: "sandbox", bulk: "off" });
    await editor.editConfig("trial", "connectus-account");
    await page.locator("#node-config-input-mode").selectOption("live");
    await editor.press("#node-config-dialog-ok");
    assert.deepEqual(await marks(), { bulk: "off", routed: "off" });
    await look("mode-marks-off");
    assert.deepEqual(editor.errors, []);
  });

  it("say what a balance counts where the provider names no currency", async () => {
    await editor.speak("it");
    await editor.editConfig("account-2", "smshosting-account");
    assert.match(await test("Funziona"), /Saldo: 10\.000 di credito/);
    await editor.press("#node-config-dialog-cancel");
  });

  it("keep their credentials out of an export", async () => {
    await editor.speak("en-US");
    const { page } = editor;
    await editor.editConfig("account-2", "smshosting-account");
    await page.locator("#node-config-input-authSecret").fill("another-secret");
    await page.locator(".messaging-test").click();
    await result().getByText("does not accept these credentials").waitFor();
    await editor.press("#node-config-dialog-ok");
    const exported = await page.evaluate<string>(
      `JSON.stringify(RED.nodes.createExportableNodeSet([...RED.nodes.filterNodes({}), ...["1", "2", "3"].map((n) => RED.nodes.node("account-" + n))]))`,
    );
    assert.ok(exported.includes("account-2"));
    const known = [KEY, SECRET, PASSWORD, "another-secret", "sandbox@example.com"];
    assert.deepEqual(
      known.filter((secret) => exported.includes(secret) || nodeRed.output.includes(secret)),
      [],
    );
  });
});

const ACCOUNTS = [
  ["account-1", "connectus-account"],
  ["account-2", "smshosting-account"],
  ["account-3", "conectaline-account"],
] as const;

function flowOf(connectus = "", smshosting = "", conectaline = ""): object[] {
  const node = (id: string, type: string, y: number, more: object) => ({
    id,
    type,
    z: "tab",
    x: 200,
    y,
    wires: [],
    ...more,
  });
  return [
    { id: "tab", type: "tab", label: "Accounts" },
    { id: "account-1", type: "connectus-account", name: "Alarms", baseUrl: connectus },
    { id: "account-2", type: "smshosting-account", name: "Push", baseUrl: smshosting },
    {
      id: "account-3",
      type: "conectaline-account",
      name: "Campaigns",
      baseUrl: conectaline,
      auth: "login",
      configurationName: "alarms",
    },
    { id: "account-4", type: "smshosting-account", name: "New" },
    { id: "trial", type: "connectus-account", name: "Trial", mode: "sandbox" },
    {
      id: "way",
      type: "messaging-route",
      members: [
        { provider: "connectus", account: "account-1", prefixes: "" },
        { provider: "connectus", account: "trial", prefixes: "" },
      ],
    },
    node("sms", "send-sms", 60, { provider: "smshosting", smshosting: "account-2", wires: [[]] }),
    node("push", "push-send", 120, { provider: "smshosting", smshosting: "account-2" }),
    node("campaign", "send-campaign", 180, { provider: "conectaline", conectaline: "account-3" }),
    node("bulk", "send-bulk", 240, { provider: "connectus", connectus: "account-1" }),
    node("balance", "check-balance", 300, { provider: "connectus", connectus: "trial" }),
    node("routed", "send-sms", 360, { provider: "route", route: "way", wires: [[]] }),
  ];
}
