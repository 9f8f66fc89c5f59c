import { strict as assert } from "node:assert";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { Editor } from "../support/browser.ts";
import { NodeRedProcess } from "../support/node-red-process.ts";
import { PhoneTab } from "../support/phone-tab.ts";
import { heard, order, phonesFlow } from "../support/phones.ts";

/** Of the password "phones-test", which is used nowhere else. */
const HASH = "$2b$08$VfZzJ9SNCGhoI1O6xztoIu0yClhKtHpBlNXwcEBwJ/7mtKZIFfLl6";

const SETTINGS = {
  httpAdminRoot: "/red",
  httpNodeRoot: "/",
  adminAuth: {
    type: "credentials",
    users: [
      { username: "writer", password: HASH, permissions: "*" },
      { username: "reader", password: HASH, permissions: "read" },
    ],
  },
};

const MAY_ONLY_LOOK = "You may look, but not write: that needs the right to change flows.";

describe("the page of the phones, below another root and behind a login", function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess;
  let root: string;

  before(async () => {
    nodeRed = await NodeRedProcess.start({ flows: phonesFlow(), settings: SETTINGS });
    root = `${nodeRed.url}red/`;
    await order(nodeRed, { by: "connectus", to: "+56990324203", text: "Hello" });
  });

  after(() => nodeRed.stop());

  async function tokenOf(username: string): Promise<string> {
    const body = { client_id: "node-red-editor", grant_type: "password", scope: "", username, password: "phones-test" };
    const answer = await fetch(`${root}auth/token`, { method: "POST", body: new URLSearchParams(body) });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  function ask(path: string, token?: string, body?: string, type = "application/json"): Promise<Response> {
    const headers = {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": type }),
    };
    const options = body === undefined ? {} : { method: "POST", body };
    return fetch(`${root}messaging/phone/${path}`, { ...options, headers });
  }

  it("shows its data to who may read flows, and takes replies from who may change them", async () => {
    const [reader, writer] = [await tokenOf("reader"), await tokenOf("writer")];
    const written = JSON.stringify({ from: "+56990324203", text: "Yes" });
    const statuses = async (path: string, body?: string) =>
      Promise.all([undefined, reader, writer].map(async (token) => (await ask(path, token, body)).status));
    assert.deepEqual(await statuses("messages"), [401, 200, 200]);
    assert.deepEqual(await statuses("connectus/messages/none"), [401, 404, 404]);
    assert.deepEqual(await statuses("smshosting/images/none"), [401, 404, 404]);
    assert.deepEqual(await statuses("connectus/replies", written), [401, 401, 200]);
    const shell = await fetch(`${root}messaging/phone`);
    assert.equal(shell.status, 200);
    assert.ok(!(await shell.text()).includes("Hello"), "the page itself holds no data");
    assert.match(shell.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  });

  it("refuses replies that are none", async () => {
    const writer = await tokenOf("writer");
    const reply = async (body: unknown) => (await ask("connectus/replies", writer, JSON.stringify(body))).status;
    const bad: unknown[] = [
      {},
      [],
      { from: "x", text: "y" },
      { from: "+56990324203", text: " " },
      { from: "+56990324203", text: "x".repeat(1601) },
      { from: "+56990324203", to: "<b>", text: "x" },
    ];
    for (const one of bad) assert.equal(await reply(one), 400, JSON.stringify(one).slice(0, 60));
    assert.equal(
      (await ask("nobody/replies", writer, JSON.stringify({ from: "+56990324203", text: "x" }))).status,
      404,
    );
    const form = await ask(
      "connectus/replies",
      writer,
      "from=%2B56990324203&text=x",
      "application/x-www-form-urlencoded",
    );
    assert.equal(form.status, 415);
  });

  for (const user of ["writer", "reader"]) {
    it(`uses the editor's own session: of the ${user}, in the sidebar and on the page`, async () => {
      const tokens = JSON.stringify({ access_token: await tokenOf(user) });
      // Where the editor itself keeps it.
      const editor = await Editor.open(root, { storage: { "auth-tokens-red": tokens } });
      try {
        const tab = new PhoneTab(editor.page);
        await tab.open();
        await tab.bubbles().filter({ hasText: "Hello" }).waitFor();
        const [page] = await Promise.all([
          editor.page.context().waitForEvent("page"),
          tab.root.getByRole("link", { name: "Opens the messages on a page of their own" }).click(),
        ]);
        const failures: string[] = [];
        page.on("console", (message) => message.type() === "error" && failures.push(message.text()));
        const own = new PhoneTab(page);
        await own.bubbles().filter({ hasText: "Hello" }).waitFor();
        assert.equal(page.url(), `${root}messaging/phone`);
        assert.equal(await page.title(), "Messages");
        for (const [colorScheme, width, height] of [
          ["light", 390, 780],
          ["dark", 1000, 700],
        ] as const) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height });
          await page.evaluate(await axe());
          assert.deepEqual(await page.evaluate(GRAVE), []);
          await page.screenshot({ path: await editor.place(`phones-page-${user}-${colorScheme}`) });
        }
        if (user === "reader") {
          for (const one of [own, tab]) await one.note().filter({ hasText: MAY_ONLY_LOOK }).waitFor();
          assert.equal(await page.locator("textarea").count(), 0);
        } else {
          await own.reply("From the page");
          await own.note().filter({ hasText: "Received by webhook in." }).waitFor();
          assert.equal((await heard(nodeRed)).at(-1)?.text, "From the page");
        }
        assert.deepEqual([...failures, ...editor.errors], []);
      } finally {
        await editor.close();
      }
    });
  }

  it("sends to the editor who is logged in no more", async () => {
    const token = await tokenOf("writer");
    const editor = await Editor.open(root, { storage: { "auth-tokens-red": JSON.stringify({ access_token: token }) } });
    try {
      const { page } = editor;
      await fetch(`${root}auth/revoke`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: new URLSearchParams({ token }),
      });
      await page.goto(`${root}messaging/phone`);
      await page.getByText("Log in first").waitFor();
      assert.equal(await page.locator(".mp-bubble").count(), 0);
      await page.getByRole("link", { name: "Open the editor" }).click();
      await page.waitForURL(root);
    } finally {
      await editor.close();
    }
  });
});

/** As a text that runs where the page's policy lets no script in. */
async function axe(): Promise<string> {
  return readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
}

const GRAVE = `axe.run(document).then(({ violations }) => violations
  .filter(({ impact }) => impact === "serious" || impact === "critical")
  .flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html.slice(0, 200))))`;
