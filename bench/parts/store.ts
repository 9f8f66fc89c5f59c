import { ACCOUNT_CREDENTIALS, accountAt, lineOf, MeasuredNodeRed } from "../support/measured-node-red.ts";
import type { Run } from "../processes/closed-loop.ts";
import { definePart, inRounds, warmUp } from "../support/part.ts";
import { outbox } from "../../test/support/outbox.ts";
import { IN_FLIGHT } from "./sends.ts";

/** Messages at a time that wait to be told that they are on disk, or for their result. */
const WAITING = 500;

/** More than are stored in all rounds: a full outbox takes no more. */
const MAX_MESSAGES = 2_000_000;

/** Messages on their way to the disk, while others go out of it. */
export const store = definePart({
  name: "store",
  rows: {
    perSecond: { what: "send sms with an outbox, messages stored a second", unit: "", promise: { least: 2000 } },
    storedCpu: { what: "… processor time a message until it is stored", unit: "µs" },
    through: { what: "… stored, sent and its result handed on, messages a second", unit: "" },
    throughCpu: { what: "… processor time of such a message", unit: "µs" },
  },
  measure: async (setting) => {
    const { url } = setting.provider;
    const flows = [
      ...lineOf({ type: "send-sms", outbox: "outbox" }),
      accountAt(url, IN_FLIGHT),
      outbox({ maxMessages: MAX_MESSAGES }),
    ];
    const nodeRed = await MeasuredNodeRed.start({ flows, credentials: ACCOUNT_CREDENTIALS });
    const drive = async (inFlight: number, seconds: number, untilDone = false) => {
      const run = await nodeRed.tell<"drive">("drive", { kind: "sms", baseUrl: url, inFlight, seconds, untilDone });
      if (run.failed > 0) throw new Error(`${run.failed} of ${run.count} messages failed`);
      return run;
    };
    const seconds = setting.isQuick ? 0.5 : 3;
    try {
      await warmUp(setting, [drive], WAITING, (_, inFlight, wait) => drive(inFlight, wait));
      const through = await inRounds(setting, () => drive(WAITING, seconds));
      // Last, as most of these have not been sent when they are stored.
      await drive(WAITING, seconds, true);
      const stored = await inRounds(setting, () => drive(WAITING, seconds, true));
      return {
        perSecond: stored.map(rate),
        storedCpu: stored.map(cpu),
        through: through.map(rate),
        throughCpu: through.map(cpu),
      };
    } finally {
      await nodeRed.stop();
    }
  },
});

function rate({ count, seconds }: Run): number {
  return count / seconds;
}

function cpu({ count, cpuMicroseconds }: Run): number {
  return cpuMicroseconds / count;
}
