import { asId, asText } from "../../json.ts";
import type { Callback, Session } from "../../provider.ts";
import { asE164 } from "./fields.ts";
import { readMessage } from "./search.ts";

/**
 * The `statusCallback` of a send, with transactionId, to, status and perhaps id, or a received SMS that is passed on, with
 * number and text (providers.md: public, partly a guess).
 */
export function readWebhook(
  { country, timeZone }: Pick<Session, "country" | "timeZone">,
  fields: Readonly<Record<string, unknown>>,
): Callback | undefined {
  const id = asId(fields.id);
  const reference = asId(fields.transactionId);
  const to = asE164(fields.to, country);
  if (asId(fields.status) !== undefined && (id ?? reference) !== undefined) {
    const { status, final, providerStatus } = readMessage(fields, { country, timeZone });
    return {
      type: "status",
      ...(id !== undefined && { id }),
      ...(reference !== undefined && { reference }),
      status,
      final,
      providerStatus,
      ...(to !== undefined && { to }),
    };
  }
  // What somebody wrote is worth having though its number is empty.
  if ((fields.number ?? fields.from) === undefined || fields.text === undefined) return undefined;
  return {
    type: "inbound",
    ...(id !== undefined && { id }),
    from: asE164(fields.number, country) ?? asE164(fields.from, country) ?? "",
    ...(to !== undefined && { to }),
    text: asText(fields.text),
  };
}
