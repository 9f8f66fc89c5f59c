import { ACCOUNT_CREDENTIALS, MeasuredNodeRed } from "../support/measured-node-red.ts";
import { definePart, inRounds } from "../support/part.ts";
import { smsFlow } from "./sends.ts";

/** What other flows of the same Node-RED feel of many messages. */
export const calm = definePart({
  name: "calm",
  rows: {
    late: {
      what: "1,000 messages a second, others wait (99 of 100 times)",
      unit: "ms",
      digits: 1,
      promise: { most: 20 },
    },
  },
  measure: async (setting) => {
    const { url } = setting.provider;
    const nodeRed = await MeasuredNodeRed.start({ flows: smsFlow(url), credentials: ACCOUNT_CREDENTIALS });
    try {
      const ask = { kind: "sms", baseUrl: url, perSecond: 1000 };
      await nodeRed.tell<"pour">("pour", { ...ask, seconds: setting.isQuick ? 1 : 3 });
      const runs = await inRounds(setting, () =>
        nodeRed.tell<"pour">("pour", { ...ask, seconds: setting.isQuick ? 1 : 5 }),
      );
      return { late: runs.map(({ p99 }) => p99) };
    } finally {
      await nodeRed.stop();
    }
  },
});
