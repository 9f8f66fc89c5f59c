import type { Draft } from "../../src/message.ts";
import type { SendResult } from "../../src/result.ts";
import { deliver, unhonoured } from "../../src/sending/deliver.ts";
import type { Context } from "./message-node.ts";
import { sendOptions, type OptionFields } from "./send-options.ts";
import { sendBadge } from "./status.ts";

type Extras = Pick<NonNullable<Parameters<typeof deliver>[5]>, "batchSize" | "onProgress">;

/**
 * Sends the drafts with the node's options and shows what became of them. What the provider cannot honour is said once
 * per deploy, and the message goes all the same: an alarm without its sender name is better than none.
 */
export async function send<M>(
  { account, call, show, warnOnce }: Context,
  channel: "sms" | "email",
  { total, drafts }: { total: number; drafts: Iterable<Draft<M>> },
  fields: OptionFields,
  extras: Extras = {},
): Promise<SendResult> {
  const options = sendOptions(fields, account);
  for (const option of unhonoured(account, channel, options)) {
    // A text that passed as GSM-7 goes as GSM-7 wherever it goes.
    if (option === "encoding" && options.encoding === "gsm7") continue;
    warnOnce(`${account.provider.label} cannot honour the field "${option}": messages are sent without it.`);
  }
  const result = await deliver(account, channel, drafts, total, options, { ...call, ...extras });
  show(sendBadge(result, account.mode === "sandbox"));
  return result;
}
