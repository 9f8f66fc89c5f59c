import { asMessagingError, invalid, MessagingError } from "../../error.ts";
import type { Parameters } from "../../form.ts";
import { asNumber } from "../../json.ts";
import type { PushMessage } from "../../message.ts";
import type { Estimate, GroupSendReply, Session } from "../../provider.ts";
import type { RecipientResult } from "../../result.ts";
import { asDigits, asE164, asEncoding, asReference, asSender, given, writeDate } from "./fields.ts";
import { insertedCount, isTaken, matched, readInsertions, unlisted, without } from "./inserted.ts";
import type { Fate, Insertion } from "./inserted.ts";
import { post } from "./request.ts";

/** One push to numbers and groups, with an SMS to those who have no app where the message has a text for it. */
export async function sendPush(session: Session, push: PushMessage): Promise<GroupSendReply> {
  const reference = asReference(push.reference);
  const parameters = {
    ...describe(push),
    date: push.at && writeDate(push.at, session.timeZone),
    transactionId: reference,
    sandbox: session.options.testMode === "true" ? "true" : undefined,
  };
  try {
    const answer = await post(session, "push/send", parameters, { image: push.image });
    const items = readInsertions(answer, push.at ? "scheduled" : "accepted").map((item) => withVia(item, push));
    const named = matched(push.to, items);
    const own = new Set(named);
    const others = items.filter((item) => !own.has(item));
    const recipients: RecipientResult[] = [
      ...push.to.map((to, place) => ({ to, ...(named[place]?.fate ?? unlisted(answer, items, outOfReach(push))) })),
      ...others.map(({ to, fate }) => ({ to: asE164(to, session.country) ?? "", ...fate })),
    ];
    const inserted = insertedCount(answer);
    if (recipients.length === 0 && inserted === 0) throw nobody();
    // More inserted than listed: members of groups, of whom only the number is known.
    const isShort = inserted !== undefined && inserted > recipients.filter(isTaken).length;
    const [only, ...rest] = recipients;
    return {
      id: (rest.length === 0 && !isShort && only?.id) || reference,
      reference,
      recipients,
      ...(isShort && { accepted: inserted }),
      raw: answer.raw,
    };
  } catch (error) {
    throw asMessagingError(error).with({ reference });
  }
}

/** What the push would cost, and how many would go as push and how many as SMS. */
export async function estimatePush(session: Session, push: PushMessage): Promise<Estimate> {
  const answer = await post(session, "push/estimate", describe(push), { image: push.image, asks: true });
  const { cost, userCredit, smsCount, pushCount, pushAvailable } = answer.fields;
  const price = asNumber(cost);
  if (price === undefined) throw without("cost", answer);
  return {
    cost: price,
    ...given({
      credit: asNumber(userCredit),
      sms: asNumber(smsCount),
      push: asNumber(pushCount),
      pushAvailable: asNumber(pushAvailable),
    }),
    raw: answer.raw,
  };
}

/** The parameters that a push and its estimate share. */
function describe({ to, groups, text, image, sms }: PushMessage): Parameters {
  if (to.length === 0 && groups.length === 0) {
    throw invalid("There is nobody to send to: give the push a recipient or a group.", "INVALID_NUMBER");
  }
  if (!text && !image) throw invalid("The push is empty: give it a text or an image.");
  if (sms?.text.trim() === "") throw invalid("The SMS for those without the app is empty: fill in the SMS text.");
  return {
    to: to.map(asDigits).join(","),
    group: groups.join(","),
    text,
    onlyPush: sms ? "false" : "true",
    ...(sms && { smsText: sms.text, smsFrom: asSender(sms.from), smsEncoding: asEncoding(sms.encoding) }),
  };
}

/** The reply marks what went as push; all else went as SMS, if SMS were allowed at all. */
function withVia(item: Insertion, { sms }: PushMessage): Insertion {
  return isTaken(item.fate) ? { ...item, fate: { via: sms ? "sms" : "push", ...item.fate } } : item;
}

/** Document, push/send, onlyPush: who cannot be reached by push is left out. */
function outOfReach({ sms }: PushMessage): Fate | undefined {
  if (sms) return undefined;
  const message =
    "This number cannot be reached by push: it has no app. Invite it with push-invite, or switch on the SMS fallback.";
  return { status: "rejected", error: { code: "REJECTED", message } };
}

function nobody(): MessagingError {
  return new MessagingError(
    "push/send reached nobody: no member of the groups has the app, or the groups are empty. Switch on the SMS fallback, " +
      "or invite the members with push-invite.",
    { code: "REJECTED", outcome: "rejected", retryable: false, httpStatus: 200, attempts: 1 },
  );
}
