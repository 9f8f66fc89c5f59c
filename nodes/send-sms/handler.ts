import { smsDrafts } from "../../src/message.ts";
import { requireGsm7 } from "../kit/gsm7.ts";
import type { Run } from "../kit/run.ts";
import { send } from "../kit/send.ts";
import type { definition } from "./definition.ts";

/** One text to one or a few numbers. */
export const run: Run<typeof definition.fields> = (fields, context) => {
  const drafts = smsDrafts(fields.to, fields.text, context.account.country);
  if (fields.encoding === "gsm7") requireGsm7(String(fields.text));
  return send(context, "sms", { drafts, total: drafts.length }, fields, { asOne: true });
};
