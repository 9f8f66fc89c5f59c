import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { languages } from "../../scripts/node-set.ts";
import { Editor } from "../support/browser.ts";
import { NodeRedProcess } from "../support/node-red-process.ts";
import { PhoneTab } from "../support/phone-tab.ts";
import { heard, LIVE_CREDENTIALS, order, phonesFlow, type Order } from "../support/phones.ts";

/** A picture of 160 by 100 pixels, in one colour. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAKAAAABkAQMAAAA7eKnMAAAAA1BMVEUufW6lMh3UAAAAGElEQVR42mNgGAWjYBSMglEwCkbBKCAMAAg0AAH5R812AAAAAElFTkSuQmCC";

const ALARM = "¡Hola! The pump in room 3 is at 92 °C.";
const SECRET = "the code is 4711";
const LONG = `${"This goes on and on. ".repeat(20)}https://example.com/${"a".repeat(90)}`;

/** As bad as attackers write it. */
const HTML = `<img src="http://tracker.test/sms.png" onerror="document.title='pwned'"><b>bold</b>`;
const MAIL = `<h1>Pump 3</h1><p style="color:teal">It is <b>hot</b>: 92 °C.</p><script>top.document.title = "pwned"</script>
  <img src="http://tracker.test/mail.png" alt="A picture from elsewhere" onerror="top.document.title='pwned'">
  <link rel="stylesheet" href="http://tracker.test/style.css"><meta http-equiv="refresh" content="0;url=http://tracker.test/">
  <iframe src="http://tracker.test/frame"></iframe><a href="http://tracker.test/link" target="_top">Read more</a>
  <style>body { background: url(http://tracker.test/back.png) }</style>`;

const ORDERS: readonly Order[] = [
  { by: "connectus", to: "+56990320002", text: HTML },
  { by: "smshosting", to: "+393480000301", text: "Ciao 🚨👩‍🚒, ci vediamo", inMs: 3_600_000 },
  { by: "conectaline", to: "+34600000003", text: "مرحبا، المضخة رقم 3 ساخنة" },
  { by: "conectaline", to: "+34600000103", text: LONG },
  { by: "push", to: "+393480000102", text: "Look at this", image: PNG },
  { by: "email", to: "ana@example.com", topic: "Pump 3 <b>is hot</b>", text: MAIL },
  { by: "email", to: "bounce@example.com", topic: "תזכורת: a reminder", text: "Plain text,\nin two lines." },
  { by: "live", to: "+56990324203", text: SECRET },
];

/** Keys without a text, and controls whose words do not fit. */
const FAULTS = `[...document.querySelectorAll(".messaging-phone *")]
  .filter(({ innerText = "", children, scrollWidth, clientWidth, tagName }) =>
    (children.length === 0 && /^[a-z]+(\\.\\w+)+$/i.test(innerText.trim())) || (tagName === "BUTTON" && scrollWidth > clientWidth + 1))
  .map(({ outerHTML }) => outerHTML.slice(0, 120))`;

describe("the phones of the sandbox", function () {
  this.timeout(240_000);
  let nodeRed: NodeRedProcess;
  let editor: Editor;
  let tab: PhoneTab;
  const elsewhere: string[] = [];

  before(async () => {
    nodeRed = await NodeRedProcess.start({ flows: phonesFlow(), credentials: LIVE_CREDENTIALS });
    editor = await Editor.open(nodeRed.url);
    tab = new PhoneTab(editor.page);
    editor.page.context().on("request", (request) => {
      const { host, protocol } = new URL(request.url());
      if (protocol.startsWith("http") && host !== new URL(nodeRed.url).host) elsewhere.push(request.url());
    });
  });

  after(async () => {
    await editor.close();
    await nodeRed.stop();
  });

  afterEach(() => {
    assert.deepEqual(editor.errors, []);
    assert.deepEqual(elsewhere, [], "nothing is loaded from elsewhere");
  });

  async function inEach(look: (language: string, scheme: "light" | "dark") => Promise<void>): Promise<void> {
    for (const language of languages) {
      await editor.speak(language);
      // In dark nothing is said in other words.
      for (const scheme of language === "en-US" ? (["light", "dark"] as const) : (["light"] as const)) {
        await editor.page.emulateMedia({ colorScheme: scheme });
        await tab.open();
        await look(language, scheme);
      }
    }
    await editor.page.emulateMedia({ colorScheme: "light" });
    await editor.speak("en-US");
    await tab.open();
  }

  it("say in one line how a first message comes", async () => {
    await inEach(async (language, scheme) => {
      await tab.root.locator(".mp-empty:visible").waitFor();
      assert.deepEqual(await editor.page.evaluate(FAULTS), []);
      assert.deepEqual(await editor.axe(".messaging-phone"), []);
      await editor.screenshot(`phones-${language}-${scheme}-empty`);
    });
    assert.match(await tab.root.locator(".mp-empty:visible").innerText(), /^No message yet\. [^.]+\.$/);
  });

  it("show a message as it arrives, and tell those who hear the page", async () => {
    await order(nodeRed, { by: "connectus", to: "+56990324203", text: ALARM });
    const bubble = tab.bubbles().filter({ hasText: ALARM });
    await bubble
      .filter({ hasText: "✓✓delivered" })
      .or(bubble.filter({ hasText: "✓✓ delivered" }))
      .waitFor();
    assert.equal(await tab.root.getByRole("heading").innerText(), "+56990324203 Connectus");
    assert.equal(await tab.root.locator('[aria-live="polite"]').innerText(), "New message for +56990324203");
    assert.equal(await tab.tab("phones").innerText(), "Phones 1");
  });

  it("have one for each number of each provider, and what has not arrived is marked", async () => {
    await order(nodeRed, ...ORDERS);
    await tab.back().click();
    await tab.rows().filter({ hasText: "not delivered" }).waitFor();
    await tab.rows().nth(5).waitFor();
    const numbers = await tab.rows().locator("strong").allInnerTexts();
    assert.deepEqual([...numbers].sort(), [
      "+34600000003",
      "+34600000103",
      "+393480000102",
      "+393480000301",
      "+56990320002",
      "+56990324203",
    ]);
    await tab.choose("+393480000301");
    await tab.bubbles().filter({ hasText: "will come" }).waitFor();
    await order(nodeRed, { by: "smshosting", to: "+393480000303", text: "Happy New Year", inMs: 366 * 86_400_000 });
    await tab.choose("+393480000303");
    const year = String(new Date(Date.now() + 366 * 86_400_000).getFullYear());
    assert.ok((await tab.bubbles().innerText()).includes(year));
  });

  it("show texts as texts, whatever they hold", async () => {
    await tab.choose("+56990320002");
    assert.equal(await tab.bubbles().locator("p").innerText(), HTML);
    assert.notEqual(await editor.page.title(), "pwned");
  });

  it("show the image of a push", async () => {
    await tab.choose("+393480000102");
    const image = tab.bubbles().locator("img");
    await image.waitFor();
    assert.equal(await image.evaluate((element) => (element as unknown as { naturalWidth: number }).naturalWidth), 160);
    assert.equal(await image.getAttribute("alt"), "Image");
  });

  it("show e-mails in an inbox, where nothing runs and nothing is loaded", async () => {
    await tab.tab("emails").click();
    await tab.choose("Pump 3 <b>is hot</b>");
    const frame = tab.root.locator("iframe");
    await frame.waitFor();
    assert.equal(await frame.getAttribute("sandbox"), "");
    const body = tab.root.frameLocator("iframe").locator("body");
    assert.match(await body.innerText(), /Pump 3\s+It is hot: 92 °C\./);
    assert.equal(await body.locator("[href], script, iframe, link, img[src]").count(), 0);
    await sleep(500);
    assert.notEqual(await editor.page.title(), "pwned");
    await tab.choose("תזכורת");
    assert.equal(await tab.root.locator(".mp-mail-body pre").innerText(), "Plain text,\nin two lines.");
    await tab.root.locator(".mp-mail-head").getByText("not delivered").waitFor();
  });

  it("tell of live messages only how they ended", async () => {
    await tab.tab("results").click();
    const live = tab.root.locator(".mp-result").filter({ hasText: "On call" });
    await live.filter({ hasText: "provider unreachable" }).waitFor({ timeout: 60_000 });
    assert.match(await live.innerText(), /Connectus · Real/);
    assert.match(await live.innerText(), /\+569•••4203/);
    await tab.root.getByRole("button", { name: "push send" }).first().waitFor();
    const answer = await fetch(new URL("messaging/phone/messages", nodeRed.url));
    const shown = (await answer.json()) as { results: object[] };
    assert.ok(!JSON.stringify(shown).includes(SECRET));
    assert.ok(!JSON.stringify(shown.results).includes("990324203"));
    assert.deepEqual(await editor.axe(".messaging-phone"), []);
    await live.getByRole("button").click();
    assert.match(editor.page.url(), /#flow\/tab/);
  });

  it("can be used by keyboard alone", async () => {
    const { page } = editor;
    await tab.tab("results").focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await tab.tab("phones").getAttribute("aria-selected"), "true");
    if (await tab.back().isVisible()) {
      await tab.back().focus();
      await page.keyboard.press("Enter");
    }
    await tab.rows().filter({ hasText: "+56990324203" }).focus();
    await page.keyboard.press("Enter");
    await tab.root.locator("textarea").focus();
    await page.keyboard.type("On my way");
    await page.keyboard.press("Enter");
    await tab.note().filter({ hasText: "Received by webhook in." }).waitFor();
    await tab.root.locator(".mp-bubble.is-own").filter({ hasText: "On my way" }).waitFor();
    assert.deepEqual((await heard(nodeRed)).map(({ from, text }) => ({ from, text })).at(-1), {
      from: "+56990324203",
      text: "On my way",
    });
  });

  it("are still there after a deploy, and can be answered before the next message", async () => {
    const answer = await fetch(new URL("flows", nodeRed.url), {
      method: "POST",
      headers: { "content-type": "application/json", "node-red-deployment-type": "full" },
      body: JSON.stringify(phonesFlow()),
    });
    assert.equal(answer.status, 204);
    await editor.page.reload();
    await editor.speak("en-US");
    await tab.open();
    await tab.choose("+56990324203");
    assert.deepEqual(await tab.bubbles().locator("p").allInnerTexts(), [ALARM, "On my way"]);
    await tab.reply("After the deploy");
    await tab.note().filter({ hasText: "Received by webhook in." }).waitFor();
    assert.equal((await heard(nodeRed)).at(-1)?.text, "After the deploy");
  });

  it("ask Node-RED for nothing while they cannot be seen", async () => {
    const asked: string[] = [];
    editor.page.on("request", (request) => request.url().includes("messaging/phone") && asked.push(request.url()));
    await editor.page.evaluate(`RED.sidebar.show("info")`);
    await tab.root.waitFor({ state: "hidden" });
    await sleep(300);
    asked.length = 0;
    await sleep(2500);
    assert.deepEqual(asked, []);
    await tab.open();
    await editor.page.waitForRequest(/messaging\/phone\/messages/);
  });

  it("look as they should in every language and theme, as narrow and as wide as a sidebar can be", async () => {
    await inEach(async (language, scheme) => {
      const look = async (name: string) => {
        assert.deepEqual(await editor.page.evaluate(FAULTS), [], name);
        assert.deepEqual(await editor.axe(".messaging-phone"), [], name);
        await tab.root.screenshot({ path: await editor.place(`phones-${language}-${scheme}-${name}`) });
      };
      await tab.tab("phones").click();
      await tab.size(300);
      await tab.rows().first().waitFor({ state: "attached" });
      if (scheme === "dark") await tab.back().click();
      await look("list");
      for (const number of ["+34600000103", "+393480000102", "+34600000003"]) {
        await tab.choose(number);
        if (number === "+393480000102") await tab.bubbles().locator("img").waitFor();
        await look(number);
      }
      await tab.size(600);
      await tab.choose("+56990320002");
      await look("wide");
      await tab.size(300);
      await tab.tab("emails").click();
      await tab.choose("Pump 3");
      await tab.root.locator("iframe").waitFor();
      await look("email");
      await tab.size(600);
      await look("email-wide");
      await tab.size(300);
      await tab.tab("results").click();
      await look("results");
    });
  });
});
