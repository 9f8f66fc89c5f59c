import type { SandboxMessage, SandboxReply } from "../../sandbox/stand-in.ts";
import { asDigits, writeDate } from "./fields.ts";

export const TIME_ZONE = "Europe/Rome";

/** Milliseconds after the delivery time at which a message leaves PENDING, then SENT. */
const SENT_AT = 1500;
const DELIVERED_AT = 3000;
/** And when a phone that answers has answered. */
const ANSWERED_AT = 5000;

/** The provider's word for a message at that moment, by its age and by the magic of its number. */
export function stateOf(message: SandboxMessage, now: number): string {
  const age = now - startOf(message);
  if (age < SENT_AT) return "PENDING";
  if (message.to.endsWith("0008")) return "NOSENT";
  if (age < DELIVERED_AT || message.to.endsWith("0003")) return "SENT";
  return message.to.endsWith("0002") ? "NOTDELIVERED" : "DELIVERED";
}

/** A message as a search shows it (document, push/search). */
export function describe(message: SandboxMessage, now: number, state = stateOf(message, now)): Record<string, unknown> {
  const start = startOf(message);
  const isSent = state === "SENT" || state === "DELIVERED" || state === "NOTDELIVERED";
  const { channel, from, deliverAt, deliveryId, imageId } = message;
  return {
    id: Number(message.id),
    to: asDigits(message.to),
    text: message.text,
    ...(channel === "sms" && { from }),
    status: state,
    insertDate: written(message.receivedAt),
    ...(deliverAt !== undefined && { dataDifferito: written(deliverAt) }),
    ...(isSent && { sentDate: written(start + SENT_AT) }),
    ...(state === "DELIVERED" && { deliveryDate: written(start + DELIVERED_AT) }),
    transactionId: deliveryId,
    ...(channel === "push" && { type: "PUSH" }),
    ...(imageId !== undefined && { multimediaContent: { id: imageId, type: "IMAGE" } }),
  };
}

/** What the phone of a delivered SMS has answered by now, as sms/received/search shows it. */
export function answerTo(
  message: SandboxMessage,
  now: number,
): { at: number; item: Record<string, unknown> } | undefined {
  const at = startOf(message) + ANSWERED_AT;
  if (message.channel !== "sms" || !message.to.endsWith("0011") || now < at) return undefined;
  const item = { simId: 1, from: asDigits(message.to), text: `OK: ${message.text}`, receiveDate: written(at) };
  return { at, item };
}

/** What a person has written, as sms/received/search shows it. */
export function describeReply({ receivedAt, from, text }: SandboxReply): { at: number; item: Record<string, unknown> } {
  return { at: receivedAt, item: { simId: 1, from: asDigits(from), text, receiveDate: written(receivedAt) } };
}

function startOf({ receivedAt, deliverAt = 0 }: SandboxMessage): number {
  return Math.max(receivedAt, deliverAt);
}

function written(moment: number): string {
  return writeDate(new Date(moment), TIME_ZONE);
}
