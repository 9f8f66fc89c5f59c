import { emailDrafts } from "../../src/message.ts";
import type { Run } from "../kit/run.ts";
import { send } from "../kit/send.ts";
import type { definition } from "./definition.ts";

/** One e-mail to one or a few addresses. */
export const run: Run<typeof definition.fields> = (fields, context) => {
  const drafts = emailDrafts(fields.to, fields.subject, fields.body);
  return send(context, "email", { drafts, total: drafts.length }, fields, { asOne: true });
};
