import { strict as assert } from "node:assert";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { languages } from "../../scripts/node-set.ts";
import { logIn, user } from "../support/account-routes.ts";
import { Editor } from "../support/browser.ts";
import { CREDENTIALS } from "../support/flows.ts";
import { NodeRedProcess } from "../support/node-red-process.ts";
import { newUserDir } from "../support/outbox.ts";
import { hand, outboxFlow } from "../support/outbox-process.ts";

/** Texts as bad as people and attackers write them. */
const TEXT = `<img src=x onerror="document.title='pwned'"> Pump 3`;

/** Keys without a text, and words that do not fit. */
const FAULTS = `[...document.querySelectorAll(".messaging-outbox button, .messaging-outbox th, .messaging-outbox h4, .messaging-outbox small")]
  .filter(({ innerText, scrollWidth, clientWidth, tagName }) => /^[a-z]+(\\.\\w+)+$/i.test(innerText) || (tagName === "BUTTON" && scrollWidth > clientWidth + 1))
  .map(({ innerText }) => innerText)`;

describe("the outbox's panel", function () {
  this.timeout(120_000);
  let sandbox: Sandbox;
  let folder: string;
  let nodeRed: NodeRedProcess;
  let editor: Editor;

  before(async () => {
    sandbox = await startSandbox(connectusStandIn());
    folder = await newUserDir();
    const unready = { id: "unready", type: "messaging-outbox", store: "postgres" };
    const flows = [...outboxFlow(sandbox.url, join(folder, "emitted.jsonl")), unready];
    nodeRed = await NodeRedProcess.start({ flows, credentials: CREDENTIALS });
    sandbox.misbehave({ kind: "reset-after-read" }, { times: 2 });
    for (let index = 0; index < 2; index++) await hand(nodeRed, { to: "990324203", text: TEXT });
    while ((await counts()).uncertain !== 2) await sleep(50);
    for (let index = 0; index < 25; index++) await hand(nodeRed, { to: "990324203", text: `Message ${index}` });
    while ((await counts()).accepted !== 25) await sleep(50);
  });

  afterEach(() => editor.close());

  after(async () => {
    await nodeRed.stop();
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function counts(): Promise<Record<string, number>> {
    const answer = await fetch(`${nodeRed.url}messaging/outbox/outbox`);
    return ((await answer.json()) as { counts: Record<string, number> }).counts;
  }

  for (const [index, language] of languages.entries()) {
    it(`lists what is in the outbox in ${language}`, async () => {
      const colorScheme = index === 1 ? "dark" : "light";
      editor = await Editor.open(nodeRed.url, { locale: language, colorScheme });
      await editor.editConfig("outbox", "messaging-outbox");
      await editor.page.locator(".messaging-outbox tr.messaging-message").first().waitFor();
      assert.equal(await editor.page.locator(".messaging-outbox tr.messaging-message").count(), 20);
      assert.deepEqual(await editor.page.evaluate(FAULTS), []);
      await editor.page.locator(".messaging-outbox .messaging-pages").scrollIntoViewIfNeeded();
      await editor.screenshot(`${language}-outbox-panel`);
      assert.deepEqual(editor.errors, []);
    });
  }

  it("shows what went wrong in full, and names each button after its message, readable by all", async () => {
    for (const [language, colorScheme] of [
      ["en-US", "light"],
      ["it", "dark"],
    ] as const) {
      editor = await Editor.open(nodeRed.url, { locale: language, colorScheme });
      const { page } = editor;
      await editor.editConfig("outbox", "messaging-outbox");
      await page.locator('.messaging-outbox [data-key="filter-uncertain"]').click();
      const error = page.locator(".messaging-outbox .messaging-error").first();
      await error.waitFor();
      const [row, table] = await Promise.all([
        error.boundingBox(),
        page.locator(".messaging-outbox table").boundingBox(),
      ]);
      assert.ok((row?.width ?? 0) > 0.9 * (table?.width ?? Infinity), "the error has the whole width");
      const drop = language === "it" ? "Scarta" : "Drop";
      const named = `${drop}: +56990324203, ${TEXT.slice(0, 40)}…`;
      assert.equal(await page.getByRole("button", { name: named, exact: true }).count(), 2);
      assert.deepEqual(await editor.axe(".messaging-outbox"), []);
      await editor.screenshot(`${language}-outbox-uncertain-${colorScheme}`);
      if (language === "en-US") await editor.close();
    }
  });

  it("writes times as the language does that the viewer chose in the editor, not the browser's", async () => {
    editor = await Editor.open(nodeRed.url, { locale: "en-US" });
    const time = async () => {
      await editor.editConfig("outbox", "messaging-outbox");
      return editor.page.locator(".messaging-outbox td:nth-child(3) small").first().innerText();
    };
    assert.match(await time(), /^\d+\/\d+\/\d{4}, \d+:\d\d:\d\d\s[AP]M$/);
    await editor.speak("it");
    assert.match(await time(), /^\d+\/\d+\/\d{4}, \d\d:\d\d:\d\d$/);
  });

  it("filters, turns pages, shows texts as texts, and lets a person decide by keyboard", async () => {
    editor = await Editor.open(nodeRed.url);
    const { page } = editor;
    await editor.editConfig("outbox", "messaging-outbox");
    const rows = page.locator(".messaging-outbox tr.messaging-message");
    await rows.first().waitFor();
    await page.locator('.messaging-outbox [data-key="on"]').click();
    await page.getByText("21–27 of 27").waitFor();
    assert.equal(await rows.count(), 7);
    await page.locator('.messaging-outbox [data-key="filter-uncertain"]').click();
    await page.getByText("1–2 of 2").waitFor();
    assert.match(await rows.first().innerText(), /<img src=x onerror=.*Pump 3/);
    assert.equal(await page.locator(".messaging-outbox img").count(), 0);
    assert.notEqual(await page.title(), "pwned");
    await page.locator(".messaging-rest").getByRole("button", { name: "It arrived" }).first().focus();
    await page.keyboard.press("Enter");
    await page.getByText("1–1 of 1").waitFor();
    assert.deepEqual([(await counts()).accepted, (await counts()).uncertain], [26, 1]);
    await page.locator(".messaging-rest").getByRole("button", { name: "Drop" }).click();
    await page.getByText("No messages.").waitFor();
    assert.equal((await counts()).cancelled, 1);
    // What happens meanwhile comes by itself.
    await page.locator('.messaging-outbox [data-key="filter-"]').click();
    await hand(nodeRed, { to: "990324203", text: "Meanwhile" });
    await rows.first().getByText("Meanwhile").waitFor({ timeout: 10_000 });
    await editor.press("#node-config-dialog-cancel");
  });

  it("says that an outbox is shown after the next deploy", async () => {
    editor = await Editor.open(nodeRed.url);
    await editor.editConfig("_ADD_", "messaging-outbox");
    await editor.page.getByText("shown here after the next deploy").waitFor();
    assert.deepEqual(editor.errors, []);
  });

  it("says why an outbox cannot be opened, without an error in the console", async () => {
    editor = await Editor.open(nodeRed.url);
    await editor.editConfig("unready", "messaging-outbox");
    await editor.page.getByText("has no connection string").waitFor();
    await editor.page.locator(".messaging-outbox table").waitFor({ state: "hidden" });
    assert.equal((await fetch(`${nodeRed.url}messaging/outbox/unready/messages`)).status, 503);
    assert.deepEqual(editor.errors, []);
  });

  describe("behind a login", () => {
    let guardedRed: NodeRedProcess;

    before(async () => {
      const users = [
        user("reader", "read"),
        user("stranger", [
          "flows.read",
          "settings.read",
          "nodes.read",
          "plugins.read",
          "context.read",
          "credentials.read",
        ]),
      ];
      guardedRed = await NodeRedProcess.start({
        flows: outboxFlow("http://127.0.0.1:9", join(folder, "guarded.jsonl")),
        credentials: CREDENTIALS,
        settings: { adminAuth: { type: "credentials", users } },
      });
      await hand(guardedRed, { to: "990324203", text: "Confidential" });
    });

    after(() => guardedRed.stop());

    async function openAs(username: string): Promise<void> {
      const { authorization = "" } = await logIn(guardedRed.url, username);
      const tokens = JSON.stringify({ access_token: authorization.replace("Bearer ", "") });
      // Where the editor itself keeps it.
      editor = await Editor.open(guardedRed.url, { storage: { "auth-tokens": tokens } });
      await editor.editConfig("outbox", "messaging-outbox");
    }

    it("shows who may only read everything, and nothing to decide", async () => {
      await openAs("reader");
      await editor.page.locator(".messaging-outbox").getByText("Confidential").waitFor();
      await editor.page.locator('.messaging-outbox [data-key="on"]').waitFor({ state: "hidden" });
      assert.equal(await editor.page.locator(".messaging-outbox td button").count(), 0);
    });

    it("shows who may not read them no message, and which permission is missing", async () => {
      await openAs("stranger");
      await editor.page.getByText("that needs the permission messaging.read").waitFor();
      assert.equal(await editor.page.getByText("Confidential").count(), 0);
      assert.equal(await editor.page.locator(".messaging-outbox .messaging-filter button").count(), 0);
    });
  });
});
