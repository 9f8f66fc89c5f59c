import { ACCOUNT_CREDENTIALS, accountAt, lineOf, MeasuredNodeRed } from "../support/measured-node-red.ts";
import { definePart, inRounds } from "../support/part.ts";
import { outbox } from "../../test/support/outbox.ts";
import { IN_FLIGHT } from "./sends.ts";

/** Messages that wait to be told that they are on disk. */
const WAITING = 500;

/** More than are stored in all rounds: a full outbox takes no more. */
const MAX_MESSAGES = 2_000_000;

/** Messages on their way to the disk, while others go out of it. */
export const store = definePart({
  name: "store",
  rows: {
    perSecond: { what: "send sms with an outbox, messages stored a second", unit: "", promise: { least: 2000 } },
    cpu: { what: "… processor time a message, its sending included", unit: "µs" },
  },
  measure: async (setting) => {
    const { url } = setting.provider;
    const flows = [
      ...lineOf({ type: "send-sms", outbox: "outbox" }),
      accountAt(url, IN_FLIGHT),
      outbox({ maxMessages: MAX_MESSAGES }),
    ];
    const nodeRed = await MeasuredNodeRed.start({ flows, credentials: ACCOUNT_CREDENTIALS });
    const ask = { kind: "sms", baseUrl: url, inFlight: WAITING, untilDone: true };
    try {
      await nodeRed.tell<"drive">("drive", { ...ask, seconds: setting.isQuick ? 0.3 : 2 });
      const runs = await inRounds(setting, () =>
        nodeRed.tell<"drive">("drive", { ...ask, seconds: setting.isQuick ? 0.5 : 3 }),
      );
      if (runs.some(({ failed }) => failed > 0)) throw new Error("Some messages were not stored");
      return {
        perSecond: runs.map(({ count, seconds }) => count / seconds),
        cpu: runs.map(({ count, cpuMicroseconds }) => cpuMicroseconds / count),
      };
    } finally {
      await nodeRed.stop();
    }
  },
});
