import type { Draft, EmailMessage, SendOptions, SmsMessage } from "../../src/message.ts";
import type { SendResult } from "../../src/result.ts";
import type { Account } from "../../src/sending/account.ts";
import { deliver, unhonoured } from "../../src/sending/deliver.ts";
import type { Context } from "./run.ts";
import { sendOptions, type OptionFields } from "./send-options.ts";
import { sendBadge, workBadge } from "./status.ts";
import { Tally } from "./tally.ts";

type Extras = Pick<NonNullable<Parameters<typeof deliver>[5]>, "batchSize" | "onProgress" | "asOne">;

/**
 * Sends the drafts with the node's options and shows what became of them. What the provider cannot honour is said once
 * per deploy, and the message goes all the same: an alarm without its sender name is better than none.
 *
 * Of a node with an outbox they are stored instead, and there is no result yet.
 */
export async function send<M extends SmsMessage | EmailMessage>(
  { account, route, call, show, log, store, warnOnce }: Context,
  channel: "sms" | "email",
  { total, drafts }: { total: number; drafts: Iterable<Draft<M>> },
  fields: OptionFields,
  extras: Extras = {},
): Promise<SendResult | undefined> {
  const options = sendOptions(fields, account);
  const accounts = route?.accounts(channel) ?? [account];
  for (const { provider, option } of accounts.flatMap((one) => notHonoured(one, channel, options))) {
    warnOnce("notHonoured", { provider, field: option });
  }
  const tally = new Tally(drafts);
  const report = () => {
    if (accounts.every(({ mode }) => mode === "off")) log(tally.words(channel));
  };
  if (store) {
    const { asOne = false } = extras;
    await store({ channel, drafts: tally, total, options, asOne });
    report();
    show(workBadge("status.stored"));
    return undefined;
  }
  const own = { ...call, ...extras };
  const result = route
    ? await route.deliver(channel, tally, total, options, own)
    : await deliver(account, channel, tally, total, options, own);
  report();
  const used = accounts.find(({ name, provider }) => name === result.account && provider.name === result.provider);
  show(sendBadge(result, used?.mode === "sandbox", route?.skipped));
  return result;
}

function notHonoured(account: Account, channel: "sms" | "email", options: SendOptions) {
  // A text that passed as GSM-7 goes as GSM-7 wherever it goes, and the result repeats the reference whoever sent it. The
  // delivery's name is preset and changes nothing of the messages.
  const isKept = (option: string) =>
    option === "reference" || option === "deliveryName" || (option === "encoding" && options.encoding === "gsm7");
  const lost = unhonoured(account, channel, options).filter((option) => !isKept(option));
  return lost.map((option) => ({ provider: account.provider.label, option }));
}
