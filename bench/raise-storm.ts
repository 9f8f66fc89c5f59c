import { parseArgs } from "node:util";
import { storm, type StormOptions } from "../test/support/outbox-storm.ts";

/** Options of a storm by the words of a command line; what each means is with the script. */
export function stormOptions(args: readonly string[]): StormOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      messages: { type: "string", default: "10000" },
      "on-unknown": { type: "string", default: "hold" },
      "life-ms": { type: "string", default: "1000" },
      faulty: { type: "string", default: "0.1" },
      provider: { type: "string", default: "connectus" },
    },
  });
  return {
    messages: Number(values.messages),
    onUnknown: values["on-unknown"] as StormOptions["onUnknown"],
    lifeMs: Number(values["life-ms"]),
    faulty: Number(values.faulty),
    provider: values.provider as StormOptions["provider"],
    onStep: (text) => console.log(text),
  };
}

/** Raises a storm and prints which promises held; resolves with whether all did. */
export async function raiseStorm(options: StormOptions): Promise<boolean> {
  const { onUnknown } = options;
  const result = await storm(options);
  const promises = {
    "acknowledged messages lost": [result.lost.length, 0],
    "acknowledged, without a result in the flow": [result.unreported.length, result.unreportedBound],
    // Where a person chose to send again in doubt, a double is allowed, but must be marked as possible.
    "sent twice": onUnknown === "resend" ? [result.unmarked.length, 0] : [result.doubled.length, 0],
    "in doubt": [result.uncertain, onUnknown === "hold" ? result.bound : 0],
  };
  console.log(`\n${result.acknowledged} acknowledged, ${result.kills} kills, ${result.seconds} s, ${onUnknown}`);
  console.log(`states: ${JSON.stringify(result.states)}; taken twice by the provider: ${result.doubled.length}`);
  const broken = Object.entries(promises).filter(([what, [found = 0, most = 0]]) => {
    console.log(`${found <= most ? "ok    " : "BROKEN"} ${what}: ${found} (at most ${most})`);
    return found > most;
  });
  return broken.length === 0;
}
