/**
 * A storm at its full size: 10,000 messages, a kill every second, 10 % faulty answers. `node bench/storm.ts [hold|resend|check]
 * [messages]`; `check` goes to the provider that can be asked. Ends with 1 when a promise was broken.
 */
import { storm } from "../test/outbox/storm.ts";

const [onUnknown = "hold", messages = "10000"] = process.argv.slice(2);
if (onUnknown !== "hold" && onUnknown !== "resend" && onUnknown !== "check") throw new Error("hold, resend or check?");

const { lost, doubled, unmarked, contradicted, uncertain, ...facts } = await storm({
  provider: onUnknown === "check" ? "smshosting" : "connectus",
  onUnknown,
  messages: Number(messages),
  killEveryMs: 1000,
  faultRate: 0.1,
  ratePerSecond: 300,
  log: (line) => console.log(line),
});
const broken = {
  lost,
  ...(onUnknown === "resend" ? { unmarked } : { doubled }),
  contradicted,
  ...(uncertain.length > facts.bound && { "above the bound": uncertain }),
  ...(onUnknown === "check" && { unsettled: uncertain }),
};
console.log({ onUnknown, ...facts, doubled: doubled.length, uncertain: uncertain.length });
for (const [promise, cases] of Object.entries(broken)) {
  console.log(`${promise}: ${cases.length}`, ...cases.slice(0, 5));
  if (cases.length > 0) process.exitCode = 1;
}
