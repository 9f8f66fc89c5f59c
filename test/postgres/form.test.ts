import { strict as assert } from "node:assert";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { languages } from "../../scripts/node-set.ts";
import { PASSWORD, startPostgres, type PostgresServer } from "../outbox/postgres-server.ts";
import { until } from "../outbox/setting.ts";
import { Editor } from "../support/browser.ts";
import { NodeReds } from "../support/node-reds.ts";
import { hand } from "../support/outbox-process.ts";

/** Words that do not fit, and keys without a text. */
const FAULTS = `[...document.querySelectorAll(".messaging-form label, .messaging-form summary, .messaging-form div, .messaging-form option")]
  .filter((element) => element.children.length === 0)
  .filter(({ innerText, scrollWidth, clientWidth }) => /^[a-z]+(\\.\\w+)+$/i.test(innerText) || scrollWidth > clientWidth + 1)
  .map(({ innerText }) => innerText)`;

const FIELDS = ["path", "schema", "maxMessages", "connectionString"];

describe("the form of an outbox on PostgreSQL", function () {
  this.timeout(120_000);
  let server: PostgresServer;
  let sandbox: Sandbox;
  let nodeReds: NodeReds;
  let editor: Editor;

  before(async () => {
    server = await startPostgres();
    sandbox = await startSandbox(connectusStandIn());
    nodeReds = await NodeReds.start(sandbox, { connectionString: await server.database() });
    sandbox.misbehave({ kind: "reset-after-read" });
    for (const text of ["In doubt", "Pump 3"]) await hand(nodeReds.both[0], { to: "990324203", text });
    await until(async () => (await nodeReds.emitted()).flat().length === 2, 30_000);
  });
  afterEach(() => editor.close());
  after(async () => {
    await nodeReds.stop();
    await sandbox.close();
    await server.stop();
  });

  const shown = async () => {
    const visible = FIELDS.map((name) => editor.page.locator(`#node-config-input-${name}`).isVisible());
    const are = await Promise.all(visible);
    return FIELDS.filter((_, index) => are[index]);
  };

  for (const language of languages) {
    it(`shows what applies and nothing else, and what all have stored, in ${language}`, async () => {
      // The one that did not take the messages.
      editor = await Editor.open(nodeReds.both[1].url, { locale: language });
      await editor.editConfig("outbox", "messaging-outbox");
      await editor.unfold();
      assert.deepEqual(await shown(), ["schema", "maxMessages", "connectionString"]);
      assert.deepEqual(await editor.page.evaluate(FAULTS), []);
      await editor.page.locator(".messaging-outbox tr.messaging-message").nth(1).waitFor();
      await editor.screenshot(`${language}-outbox-postgres`);
      assert.ok(!(await editor.page.content()).includes(PASSWORD.split(" ")[0] ?? ""));
      assert.deepEqual(editor.errors, []);
    });
  }

  it("asks for a file where the messages are kept in one", async () => {
    editor = await Editor.open(nodeReds.both[0].url);
    await editor.editConfig("outbox", "messaging-outbox");
    await editor.unfold();
    await editor.page.locator("#node-config-input-store").selectOption("sqlite");
    assert.deepEqual(await shown(), ["path", "maxMessages"]);
  });
});
