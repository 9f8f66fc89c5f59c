import { ACCOUNT_CREDENTIALS, accountAt, lineOf, MeasuredNodeRed } from "../support/measured-node-red.ts";
import { definePart, inRounds } from "../support/part.ts";

const RECIPIENTS = 100_000;

const TEXT = "Hola {{name}}, mañana no hay agua de 9 a 12.";

/** One message to very many, each with a text of its own. */
export const bulk = definePart({
  name: "bulk",
  rows: {
    seconds: { what: "send bulk, 100,000 recipients", unit: "s", digits: 1 },
    late: { what: "… others wait for it at most", unit: "ms", promise: { most: 50, each: true } },
  },
  measure: async (setting) => {
    const count = setting.isQuick ? RECIPIENTS / 50 : RECIPIENTS;
    const node = { type: "send-bulk", messagesType: "msg", messages: "payload", text: TEXT, textType: "str" };
    const flows = [...lineOf(node), accountAt(setting.provider.url, 10)];
    const nodeRed = await MeasuredNodeRed.start({ flows, credentials: ACCOUNT_CREDENTIALS });
    try {
      await nodeRed.tell<"bulk">("bulk", { count: count / 10 });
      const runs = await inRounds(setting, async () => {
        const run = await nodeRed.tell<"bulk">("bulk", { count });
        if (run.accepted !== count) throw new Error(`${run.accepted} of ${count} recipients were accepted`);
        return run;
      });
      return { seconds: runs.map(({ seconds }) => seconds), late: runs.map(({ max }) => max) };
    } finally {
      await nodeRed.stop();
    }
  },
});
