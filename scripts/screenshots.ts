/**
 * Makes the pictures of the README from the running editor: `npm run build && node scripts/screenshots.ts`.
 * Everything in them goes through the sandbox, so that nothing leaves this computer.
 */
import { mkdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Locator, Page } from "playwright-core";
import { Editor } from "../test/support/browser.ts";
import { NodeRedProcess } from "../test/support/node-red-process.ts";
import { PhoneTab } from "../test/support/phone-tab.ts";
import { FLOW } from "./screenshots-flow.ts";

const FOLDER = resolve(import.meta.dirname, "..", "docs", "images");

/** A README that takes long to show is not read. */
const MOST_BYTES = 150_000;

async function main(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const nodeRed = await NodeRedProcess.start({ flows: FLOW });
  const editor = await Editor.open(nodeRed.url, { timezoneId: "America/Santiago" });
  try {
    await editor.page.setViewportSize({ width: 1280, height: 700 });
    await send(nodeRed.url, "ask");
    await showOverview(editor);
    await showPhone(editor, nodeRed.url);
    await send(nodeRed.url, "alarm", "alarm", "odd");
    await editor.page.setViewportSize({ width: 1280, height: 860 });
    await showForm(editor);
    await showOutbox(editor);
  } finally {
    await editor.close();
    await nodeRed.stop();
  }
}

/** The flow at work, and beside it the phone that it writes to. */
async function showOverview(editor: Editor): Promise<void> {
  const { page } = editor;
  const phone = new PhoneTab(page);
  await phone.open();
  await phone.choose("0011");
  // The question, its answer, and the flow's thanks, delivered.
  await phone.bubbles().nth(2).waitFor();
  await phone.bubbles().nth(2).getByText("delivered").waitFor();
  await page.locator(".red-ui-palette-node[data-palette-type='webhook-in']").scrollIntoViewIfNeeded();
  await take("editor", page);
}

/** The same phone on the page of its own, as large as one held in the hand. */
async function showPhone(editor: Editor, url: string): Promise<void> {
  const page = await editor.page.context().newPage();
  await page.setViewportSize({ width: 420, height: 620 });
  await page.goto(new URL("messaging/phone", url).href);
  const phone = new PhoneTab(page);
  await phone.choose("0011");
  await phone.bubbles().nth(2).getByText("delivered").waitFor();
  await take("messages", page);
  await page.close();
}

async function showForm(editor: Editor): Promise<void> {
  await editor.show("form");
  await editor.page.getByRole("button", { name: "Use plain letters" }).waitFor();
  await take("send-sms", editor.page.locator(".red-ui-tray").last());
  await editor.press("#node-dialog-cancel");
}

async function showOutbox(editor: Editor): Promise<void> {
  await editor.editConfig("outbox", "messaging-outbox");
  await editor.page.getByRole("button", { name: "It arrived" }).first().waitFor();
  await editor.page.locator(".messaging-outbox").scrollIntoViewIfNeeded();
  await take("outbox", editor.page.locator(".red-ui-tray").last());
}

/** Presses the buttons of inject nodes. */
async function send(url: string, ...ids: string[]): Promise<void> {
  for (const id of ids) await fetch(`${url}inject/${id}`, { method: "POST" });
}

async function take(name: string, of: Page | Locator): Promise<void> {
  const path = join(FOLDER, `${name}.png`);
  await of.screenshot({ path, animations: "disabled", caret: "hide" });
  const { size } = await stat(path);
  if (size > MOST_BYTES) throw new Error(`${name}.png has ${size} bytes, more than ${MOST_BYTES}`);
  console.log(`${path}: ${size} bytes`);
}

await main();
