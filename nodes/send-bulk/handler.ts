import { bulkDrafts, type Bulk } from "../../src/bulk.ts";
import type { EmailMessage, SmsMessage } from "../../src/message.ts";
import type { Run } from "../kit/run.ts";
import { positive } from "../kit/positive.ts";
import { send } from "../kit/send.ts";
import { progressBadge } from "../kit/status.ts";
import type { definition } from "./definition.ts";

/** A text for each of many recipients; progress goes out of the second output. */
export const run: Run<typeof definition.fields> = (fields, context) => {
  const { channel, messages, text, subject } = fields;
  const { country } = context.account;
  const bulk: Bulk<SmsMessage | EmailMessage> =
    channel === "sms"
      ? bulkDrafts("sms", messages, { text }, country)
      : bulkDrafts("email", messages, { text, subject }, country);
  const batchSize = positive("batchSize", fields.batchSize);
  return send(context, channel, bulk, fields, {
    ...(batchSize === undefined ? {} : { batchSize: Math.ceil(batchSize) }),
    onProgress: (progress) => {
      context.show(progressBadge(progress));
      context.emit(1, progress);
    },
  });
};
