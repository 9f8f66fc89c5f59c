import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { NodeRedProcess } from "../support/node-red-process.ts";

const folder = resolve(import.meta.dirname, "..", "..", "examples");

interface ExampleNode {
  id: string;
  type: string;
  name?: string;
}

/** The buttons of the examples, and what their debug nodes must show, as `[debug:<name>]` and the text after it. */
const BUTTONS: [file: string, button: string, shows: RegExp[]][] = [
  ["push", "Push, or SMS", [/one outcome per recipient\][^]*accepted: 2/]],
  ["push", "With an image", [/one outcome per recipient\][^]*via: 'push'/]],
  ["push", "What would it cost?", [/cost\][^]*cost: 0\.05/]],
  ["push-invite", "Invite", [/SMS\][^]*accepted: 1/]],
  ["push-image", "Send and fetch", [/image and its type\][^]*contentType: 'image\/png'/]],
  ["campaign", "Tell everybody", [/the campaign's id\]\s+\d+/]],
  ["drip-campaign", "Begin in an hour", [/the campaign's id\]\s+\d+/]],
  ["drip-campaign", "With a mistake", [/error\][^]*does not end after it starts/]],
  ["receive-sms", "Ask somebody", [/sent\]\s+\d+/, /message\][^]*type: 'inbound'/]],
  ["cancel-sms", "Schedule", [/scheduled\][^]*status: 'scheduled'/]],
  ["cancel-sms", "Cancel", [/cancelled\][^]*cancelled: 1/]],
  ["sensor-alarm", "97 cm", [/who got what\][^]*via: 'push'[^]*via: 'sms'/]],
  ["reminder", "Schedule", [/scheduled\][^]*status: 'scheduled'/]],
  ["reminder", "Cancel all", [/cancelled\]\s+3/]],
  ["csv-bulk", "Send", [/failures as CSV\][^]*to,status,reason[^]*12,rejected[^]*\+34612340004,rejected/]],
  ["follow-a-message", "Send and follow", [/each change\][^]*delivered/]],
  ["follow-a-message", "Ask once about the last", [/status\][^]*final: true/]],
  ["bulk-sms", "Remind everybody", [/one outcome per recipient\][^]*accepted: 2/]],
  ["bulk-sms", "Remind 5,000", [/progress\][^]*total: 5000/]],
  ["bulk-sms", "Cancel", [/one outcome per recipient\][^]*failed: \d+/]],
  ["route-prefixes", "To both", [/who took it\][^]*4203 by Chile: accepted[^]*4567 by Italy: accepted/]],
  ["low-balance", "Every hour", [/balance\][^]*currency: 'EUR'/]],
  ["low-balance", "As if it were low", [/sent\]\s+1/]],
];

function flowOf(file: string): ExampleNode[] {
  return JSON.parse(readFileSync(join(folder, `${file}.json`), "utf8")) as ExampleNode[];
}

describe("the example flows in a real Node-RED", function () {
  this.timeout(60_000);
  let nodeRed: NodeRedProcess;

  before(async () => {
    const files = [...new Set(BUTTONS.map(([file]) => file))];
    const flows = files.flatMap(flowOf);
    nodeRed = await NodeRedProcess.start({
      // Their debug nodes show nobody anything here, so they write into the log.
      flows: flows.map((node) => (node.type === "debug" ? { ...node, console: true } : node)),
    });
  });

  after(() => nodeRed.stop());

  for (const [file, button, shows] of BUTTONS) {
    it(`${file}.json does what it says at “${button}”`, async () => {
      const inject = flowOf(file).find(({ type, name }) => type === "inject" && name === button);
      const before = nodeRed.output.length;
      const reply = await fetch(new URL(`inject/${inject?.id}`, nodeRed.url), { method: "POST" });
      assert.equal(reply.status, 200);
      for (const text of shows) await nodeRed.shows(new RegExp(`^[^]{${before}}[^]*debug:${text.source}`), 15_000);
    });
  }

  it("say nothing in the log that is a warning or an error", () => {
    const said = nodeRed.output.split("\n").filter((line) => /\[(warn|error)\] \[/.test(line));
    assert.deepEqual(said, []);
  });
});
