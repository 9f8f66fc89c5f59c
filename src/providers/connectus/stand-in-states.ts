import { formatInZone } from "../../time.ts";
import type { SandboxMessage } from "../../sandbox/stand-in.ts";

export const TIME_ZONE = "America/Santiago";

/** Milliseconds after the delivery time at which a message leaves PROGRAMADO, then EN_COLA, then the carrier. */
const QUEUED_AT = 500;
const SENT_AT = 1500;
const DELIVERED_AT = 3000;
/** And when its e-mail is opened. */
const OPENED_AT = 4500;

/** The word for an SMS at that moment, by its age and by the magic of its number. */
export function smsState(message: SandboxMessage, now: number): string {
  const age = ageOf(message, now);
  if (age < QUEUED_AT) return "PROGRAMADO";
  if (message.to.endsWith("0001")) return "NUMERO_INVALIDO";
  if (age < SENT_AT) return "EN_COLA";
  if (message.to.endsWith("0003")) return "ESPERANDO_RESPUESTA";
  if (age < DELIVERED_AT) return "ENVIADO_A_CARRIER";
  return message.to.endsWith("0002") ? "NO_ENTREGABLE" : "ENTREGADO";
}

/** The word for an e-mail at that moment; NUMERO_ENVIADO is the document's (p. 17). */
export function emailState(message: SandboxMessage, now: number): string {
  const age = ageOf(message, now);
  if (age < QUEUED_AT) return "PROGRAMADO";
  if (age < SENT_AT) return "EN_COLA";
  if (age < DELIVERED_AT) return "NUMERO_ENVIADO";
  return message.to.startsWith("bounce@") ? "NO_ENTREGABLE" : "ENTREGADO";
}

/** The document's text names the fields so, and writes the time so (p. 17); its sample differs in both. */
export function emailEvents(message: SandboxMessage, now: number): { email_event: string; event_timestamp: string }[] {
  if (ageOf(message, now) < OPENED_AT || emailState(message, now) !== "ENTREGADO") return [];
  const opened = new Date(startOf(message) + OPENED_AT);
  return [{ email_event: "ABIERTO", event_timestamp: formatInZone(opened, TIME_ZONE, "yyyy-MM-dd HH:mm:ss") }];
}

function startOf({ receivedAt, deliverAt = 0 }: SandboxMessage): number {
  return Math.max(receivedAt, deliverAt);
}

function ageOf(message: SandboxMessage, now: number): number {
  return now - startOf(message);
}
