import { asE164 } from "../../e164.ts";
import { asId, asText } from "../../json.ts";
import type { Callback, Session } from "../../provider.ts";
import type { Status } from "../../result.ts";

/**
 * Which words come to the `callback_url` of a configuration is not public (providers.md). These are a guess: the states of
 * SMPP 3.4, appendix B, which gateways pass on, and plain English and Spanish. Any other word is `unknown` and kept.
 */
const WORDS: readonly (readonly [status: Status, words: readonly string[]])[] = [
  ["queued", ["PENDING", "QUEUED", "BUFFERED", "PENDIENTE", "EN_COLA"]],
  ["sent", ["SENT", "ENROUTE", "ACCEPTD", "ACCEPTED", "ENVIADO"]],
  ["delivered", ["DELIVERED", "DELIVRD", "ENTREGADO"]],
  [
    "undelivered",
    ["UNDELIVERED", "UNDELIV", "NOT_DELIVERED", "FAILED", "EXPIRED", "DELETED", "NO_ENTREGADO", "CADUCADO"],
  ],
  ["rejected", ["REJECTED", "REJECTD", "BLACKLIST", "RECHAZADO"]],
];

const FINAL: readonly Status[] = ["delivered", "undelivered", "rejected"];

/** A delivery report with message_id or id, status and number, or a person's SMS with number and text. */
export function readWebhook(
  { country }: Pick<Session, "country">,
  fields: Readonly<Record<string, unknown>>,
): Callback | undefined {
  const id = asId(fields.message_id) ?? asId(fields.id);
  const number = asE164(fields.number, country);
  const word = asId(fields.status);
  if (id !== undefined && word !== undefined) {
    const status = statusOf(word);
    const to = number !== undefined && { to: number };
    return { type: "status", id, status, final: FINAL.includes(status), providerStatus: word, ...to };
  }
  const text = fields.text ?? fields.message;
  const sender = fields.from ?? fields.number;
  // What somebody wrote is worth having though its number is empty.
  if (sender === undefined || text === undefined) return undefined;
  const to = asE164(fields.to, country);
  return {
    type: "inbound",
    ...(id !== undefined && { id }),
    from: asE164(fields.from, country) ?? number ?? "",
    ...(to !== undefined && { to }),
    text: asText(text),
  };
}

function statusOf(word: string): Status {
  const key = word.toUpperCase().replace(/[^A-Z]+/g, "_");
  return WORDS.find(([, words]) => words.includes(key))?.[0] ?? "unknown";
}
