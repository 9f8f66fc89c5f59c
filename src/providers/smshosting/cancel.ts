import { MessagingError } from "../../error.ts";
import { asRecords } from "../../json.ts";
import type { CancelReply, Session } from "../../provider.ts";
import { without } from "./inserted.ts";
import { post } from "./request.ts";
import { readMessage } from "./search.ts";

/** Takes back scheduled messages by their id (a comma list is taken), or all of a send by its reference. */
export async function cancelSms(session: Session, which: { id: string } | { reference: string }): Promise<CancelReply> {
  const parameters = "id" in which ? { id: which.id } : { transactionId: which.reference };
  const answer = await post(session, "sms/cancel", parameters);
  // Public clients read a list at the top level, and a later one of theirs a list named as in a search.
  const list = Array.isArray(answer.raw) ? answer.raw : answer.fields.smsList;
  if (list === undefined) throw without("smsList", answer);
  const all = asRecords(list).map((item) => {
    const { id, to, status, providerStatus } = readMessage(item, session);
    return { id, ...(to !== undefined && { to }), status, providerStatus };
  });
  const messages = all.filter(({ providerStatus }) => !GONE.test(providerStatus));
  if (messages.length === 0) throw nothingToCancel();
  const notCancelled = all.flatMap(({ id, providerStatus }) => (GONE.test(providerStatus) ? id : []));
  return { messages, ...(notCancelled.length > 0 && { notCancelled }), raw: answer.raw };
}

/** States that only a message can have which went out, and words for one that stays. */
const GONE = /^(SENT|NOSENT|DELIVERED|NOTDELIVERED|NOT_?CANCELL?ED|NOT_INSERTED)$/i;

function nothingToCancel(): MessagingError {
  return new MessagingError(
    "sms/cancel found nothing to cancel: the message was sent already, was never scheduled, or is not of this account.",
    { code: "REJECTED", outcome: "rejected", retryable: false, httpStatus: 200, attempts: 1 },
  );
}
