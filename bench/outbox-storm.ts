/**
 * The outbox in a storm: messages pour into a real Node-RED that is killed (kill -9) again and again, while its provider
 * answers badly. Prints what was lost, doubled and in doubt, and fails when that is more than is promised.
 *
 *   node bench/outbox-storm.ts --messages 10000 --on-unknown hold --life-ms 1000 --faulty 0.1 --provider connectus
 *
 * `--on-unknown` is hold, resend or check (then with `--provider smshosting`, which can be asked). To be run after a build.
 */
import { parseArgs } from "node:util";
import { storm, type StormOptions } from "../test/support/outbox-storm.ts";

const { values } = parseArgs({
  options: {
    messages: { type: "string", default: "10000" },
    "on-unknown": { type: "string", default: "hold" },
    "life-ms": { type: "string", default: "1000" },
    faulty: { type: "string", default: "0.1" },
    provider: { type: "string", default: "connectus" },
  },
});

const onUnknown = values["on-unknown"] as StormOptions["onUnknown"];
const result = await storm({
  messages: Number(values.messages),
  onUnknown,
  lifeMs: Number(values["life-ms"]),
  faulty: Number(values.faulty),
  provider: values.provider as StormOptions["provider"],
  onStep: (text) => console.log(text),
});

const promises = {
  "acknowledged messages lost": [result.lost.length, 0],
  // Where a person chose to send again in doubt, a double is allowed, but must be marked as possible.
  "sent twice": onUnknown === "resend" ? [result.unmarked.length, 0] : [result.doubled.length, 0],
  "in doubt": [result.uncertain, onUnknown === "hold" ? result.bound : 0],
};
console.log(`\n${result.acknowledged} acknowledged, ${result.kills} kills, ${result.seconds} s, ${onUnknown}`);
console.log(`states: ${JSON.stringify(result.states)}; taken twice by the provider: ${result.doubled.length}`);
for (const [what, [found = 0, most = 0]] of Object.entries(promises)) {
  console.log(`${found <= most ? "ok    " : "BROKEN"} ${what}: ${found} (at most ${most})`);
  if (found > most) process.exitCode = 1;
}
