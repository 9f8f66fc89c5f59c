import { strict as assert } from "node:assert";
import { Editor } from "../support/browser.ts";
import { NodeRedProcess } from "../support/node-red-process.ts";

const ACCOUNTS = [
  { id: "chile", type: "connectus-account", mode: "sandbox" },
  { id: "italy", type: "smshosting-account", mode: "sandbox" },
];

function node(id: string, type: string, y: number, values: object): object {
  const account = { provider: "connectus", connectus: "chile", smshosting: "italy" };
  return { id, type, z: "tab", x: 200, y, wires: [], ...account, ...values };
}

const FLOW = [
  { id: "tab", type: "tab", label: "Live" },
  ...ACCOUNTS,
  node("sms", "send-sms", 60, { text: "", textType: "str", to: "", toType: "str", at: "", atType: "str" }),
  node("gsm7", "send-sms", 120, { text: "Está", textType: "str", encoding: "gsm7" }),
  node("bulk", "send-bulk", 180, { text: "Hola {{año}}", textType: "str" }),
  node("answer", "send-sms", 240, {
    provider: "message",
    at: "2026-10-02T14:30",
    atType: "str",
    to: "1",
    toType: "str",
  }),
];

describe("what a form tells while a person types", function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess;
  let editor: Editor;

  before(async () => {
    nodeRed = await NodeRedProcess.start({ flows: FLOW });
    editor = await Editor.open(nodeRed.url, { timezoneId: "Europe/Rome" });
  });

  afterEach(async () => {
    await editor.press("#node-dialog-cancel");
    assert.deepEqual(editor.errors, []);
  });

  after(async () => {
    await editor.close();
    await nodeRed.stop();
  });

  const row = (field: string) => editor.page.locator(`.messaging-form [data-field="${field}"]`);
  const live = (field: string) => row(field).locator(".messaging-live");
  const input = (field: string) => row(field).locator(".red-ui-typedInput-input");
  const value = (field: string) => editor.page.locator(`#node-input-${field}`).inputValue();

  async function tells(field: string, text: RegExp): Promise<void> {
    await live(field).getByText(text).first().waitFor();
  }

  it("counts a text as the runtime does, and replaces letters that make it dear, which can be undone", async () => {
    await editor.show("sms");
    assert.equal(await live("text").isVisible(), false, "nothing to tell of an empty text");
    await input("text").fill("a".repeat(161));
    await tells("text", /^161 of 306 characters · 2 SMS · GSM 7-bit$/);
    const text = "Presión “baja” aquí: è €";
    await input("text").fill(text);
    await tells("text", /^24 of 70 characters · 1 SMS · Unicode \(UCS-2\)$/);
    await tells("text", /Only Unicode has ó “ ” í: /);

    const plain = row("text").getByRole("button", { name: "Use plain letters" });
    const undo = row("text").getByRole("button", { name: "Undo" });
    await plain.focus();
    await editor.page.keyboard.press("Enter");
    assert.equal(await value("text"), `Presion "baja" aqui: è €`);
    await tells("text", /^25 of 160 characters · 1 SMS · GSM 7-bit$/);
    await undo.click();
    assert.equal(await value("text"), text);
    await plain.click();
    await input("text").focus();
    await editor.page.keyboard.press("Control+z");
    assert.equal(await value("text"), text);
    assert.deepEqual([await plain.isVisible(), await undo.isVisible()], [true, false]);
    await plain.click();
    await input("text").focus();
    await editor.page.keyboard.press("End");
    await editor.page.keyboard.press("x");
    assert.equal(await undo.isVisible(), false, "it would take what was typed since as well");
    await editor.page.keyboard.press("Backspace");
    await undo.click();
    assert.equal(await value("text"), text);
  });

  it("says what has no plain letter, what the provider's limit is, and what is no template here", async () => {
    await editor.show("sms");
    await input("text").fill("á 😀");
    await row("text").getByRole("button", { name: "Use plain letters" }).click();
    assert.equal(await value("text"), "a 😀");
    await tells("text", /There is no plain letter for 😀/);
    await input("text").fill(`{{name}} ${"a".repeat(800)}`);
    await tells("text", /This node sends \{\{…\}\} as it stands/);
    assert.doesNotMatch(await live("text").innerText(), /at most/);
    await editor.page.locator("#node-input-provider").selectOption("smshosting");
    await tells("text", /SMSHosting takes at most 5 SMS for one text\./);
    await editor.typeInto("text", "msg", "payload");
    assert.equal(await live("text").isVisible(), false, "of what a message brings nothing is known");
  });

  it("marks a text that the chosen encoding lacks, before the node is opened too", async () => {
    assert.deepEqual(await editor.page.evaluate(`RED.nodes.node("gsm7").validationErrors`), [
      "Text: The chosen encoding lacks á: use other letters, or choose “Automatic”.",
    ]);
    await editor.show("gsm7");
    await row("text").locator(".messaging-problem").waitFor();
    assert.equal(await input("text").getAttribute("aria-invalid"), "true");
    await row("text").getByRole("button", { name: "Use plain letters" }).click();
    assert.equal(await row("text").locator(".messaging-problem").count(), 0);
    assert.equal(await input("text").getAttribute("aria-invalid"), null);
  });

  it("estimates a template, leaves the names in it, and is silent about e-mail", async () => {
    await editor.show("bulk");
    await tells("text", /^5 of 160 characters · 1 SMS · GSM 7-bit$/);
    await tells("text", /An estimate: the values are not filled in yet\./);
    await input("text").fill("Será {{año}}");
    await row("text").getByRole("button", { name: "Use plain letters" }).click();
    assert.equal(await value("text"), "Sera {{año}}");
    await editor.page.locator("#node-input-channel").selectOption("email");
    assert.equal(await live("text").isVisible(), false);
  });

  it("shows a number as it will be sent, with the account's country, and says why it cannot be", async () => {
    await editor.show("sms");
    const asked: string[] = [];
    editor.page.on("request", (request) => asked.push(request.url()));
    await input("to").pressSequentially("990324203");
    await tells("to", /^Goes to \+56 9 9032 4203\.$/);
    await editor.page.locator("#node-input-provider").selectOption("smshosting");
    await row("to").locator(".messaging-problem").waitFor();
    await editor.page.locator("#node-input-provider").selectOption("connectus");
    await tells("to", /^Goes to \+56 9 9032 4203\.$/);
    await input("to").fill("990324203, 333");
    await row("to").getByText("333 is too short for a phone number.").waitFor();
    await row("to").locator(".red-ui-typedInput-container.input-error").waitFor();
    const checks = asked.filter((url) => url.includes("messaging/check"));
    // Two waits and what a slow machine types in between, but not each of the eleven changes.
    assert.ok(checks.length < 9, `asked ${checks.length} times`);
    assert.ok(!asked.join().includes("990324203"), "no number in an address");
  });

  it("picks a time by the clock of the account's zone, and tells which moment that is", async () => {
    await editor.show("sms");
    await editor.unfold();
    const picker = live("at").locator("input");
    assert.equal(await picker.getAttribute("aria-label"), "Pick date and time by the clock of Santiago");
    await picker.fill("2090-10-02T14:30");
    assert.equal(await value("at"), "2090-10-02T14:30");
    await tells(
      "at",
      /Monday, October 2, 2090 at 2:30 PM by the clock of Santiago\. On your clock: Oct 2, 2090, \d:30 PM\.$/,
    );
    await input("at").fill("2026-10-02T19:30:00+02:00");
    await tells(
      "at",
      /Friday, October 2, 2026 at 2:30 PM by the clock of Santiago\. On your clock: Oct 2, 2026, 7:30 PM\./,
    );
    assert.equal(await picker.inputValue(), "2026-10-02T14:30");
    await input("at").fill("2020-01-01T00:00");
    await tells("at", /That is in the past: the provider may send at once, or refuse it\.$/);
    await input("at").fill("tomorrow");
    await row("at").getByText("No time that can be read").waitFor();
  });

  it("says what depends on the account where the message brings it", async () => {
    await editor.show("answer");
    await tells("at", /By the clock of the account that the message goes through\./);
    await tells("to", /belongs to the country of the account/);
    assert.equal(await row("to").locator(".messaging-problem").count(), 0);
  });

  it("leaves More as the person left it, for each type of node", async () => {
    const details = editor.page.locator(".messaging-form details");
    const isOpen = async () => (await details.getAttribute("open")) !== null;
    await editor.show("bulk");
    assert.equal(await isOpen(), false);
    await details.locator("summary").focus();
    await editor.page.keyboard.press("Enter");
    await editor.press("#node-dialog-cancel");
    await editor.show("bulk");
    assert.equal(await isOpen(), true);
    await details.locator("summary").click();
    await editor.press("#node-dialog-cancel");
    await editor.show("bulk");
    assert.equal(await isOpen(), false);
  });
});
