import { asMessagingError } from "../../error.ts";
import type { Parameters } from "../../form.ts";
import { asGivenId, asNumber } from "../../json.ts";
import type { SendOptions, SmsMessage } from "../../message.ts";
import { sendPerText } from "../../per-text.ts";
import type { Estimate, SendReply, Session } from "../../provider.ts";
import { asDigits, asEncoding, asReference, asSender, given, writeDate } from "./fields.ts";
import { explainValue } from "./codes.ts";
import { insertedCount, matched, readInsertions, unlisted, without, type Fate } from "./inserted.ts";
import { BULK_RECIPIENTS } from "./limits.ts";
import { post } from "./request.ts";

/**
 * One request per text: the placeholders that could put several into one are not documented well enough to risk money on
 * them. Each recipient comes back with what became of its own request.
 */
export async function sendSms(
  session: Session,
  messages: readonly SmsMessage[],
  options: SendOptions,
): Promise<SendReply> {
  const reference = asReference(options.reference);
  const common: Parameters = {
    from: asSender(options.from),
    date: options.at && writeDate(options.at, session.timeZone),
    transactionId: reference,
    sandbox: session.options.testMode === "true" ? "true" : undefined,
    encoding: asEncoding(options.encoding),
    statusCallback: session.reportUrl(),
  };
  try {
    const { deliveryId, ...reply } = await sendPerText(messages, (group) =>
      sendText(session, group, common, group.length < messages.length),
    );
    // A reference of our own belongs to this send alone. The user's may name earlier ones too: ids are better, if there are.
    const isDelivery = deliveryId !== undefined || (messages.length > 1 && !options.reference);
    return { ...(isDelivery && { deliveryId: reference }), reference, ...reply };
  } catch (error) {
    throw asMessagingError(error).with({ reference });
  }
}

/** Recipients of the same text. */
async function sendText(
  session: Session,
  messages: readonly SmsMessage[],
  common: Parameters,
  apart: boolean,
): Promise<SendReply> {
  const operation = messages.length >= BULK_RECIPIENTS ? "sms/sendbulk" : "sms/send";
  const numbers = messages.map(({ to }) => asDigits(to));
  const parameters = { to: numbers.join(","), text: messages[0]?.text, ...common };
  const answer = await post(session, operation, parameters, { apart });
  const taken = common.date === undefined ? "accepted" : "scheduled";
  if (operation === "sms/sendbulk" && !Array.isArray(answer.fields.sms)) {
    // Its reply names no recipients: they can be looked up by this id only.
    const deliveryId = asGivenId(answer.fields.transactionId);
    if (deliveryId === undefined || explainValue(answer.fields)) throw without("transactionId", answer);
    const inserted = insertedCount(answer) ?? numbers.length;
    const recipients = numbers.map((): Fate => (inserted >= numbers.length ? { status: taken } : unlisted(answer, [])));
    return { deliveryId, recipients, raw: answer.raw };
  }
  const items = readInsertions(answer, taken);
  return { recipients: matched(numbers, items).map((item) => item?.fate ?? unlisted(answer, items)), raw: answer.raw };
}

/** What the SMS would cost: one request per text, added up. */
export async function estimateSms(
  session: Session,
  messages: readonly SmsMessage[],
  options: SendOptions,
): Promise<Pick<Estimate, "cost" | "credit" | "sms" | "raw">> {
  const common: Parameters = { from: asSender(options.from), encoding: asEncoding(options.encoding) };
  const texts = new Set(messages.map(({ text }) => text));
  const parts = [];
  for (const text of texts) {
    const to = messages.flatMap((message) => (message.text === text ? asDigits(message.to) : []));
    const parameters = { to: to.join(","), text, ...common };
    const answer = await post(session, "sms/estimate", parameters, { apart: texts.size > 1, asks: true });
    const { cost, userCredit, smsCount } = answer.fields;
    const price = asNumber(cost);
    if (price === undefined) throw without("cost", answer);
    parts.push({ cost: price, credit: asNumber(userCredit), sms: asNumber(smsCount), raw: answer.raw });
  }
  return {
    cost: parts.reduce((sum, { cost }) => sum + cost, 0),
    ...given({ credit: parts.at(-1)?.credit, sms: sumOf(parts.map(({ sms }) => sms)) }),
    raw: parts.length === 1 ? parts[0]?.raw : parts.map(({ raw }) => raw),
  };
}

/** Undefined when any of them is: a sum without it would be too small. */
function sumOf(counts: readonly (number | undefined)[]): number | undefined {
  return counts.reduce((sum, count) => (sum === undefined || count === undefined ? undefined : sum + count), 0);
}
