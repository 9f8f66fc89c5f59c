import { asId } from "../../json.ts";
import type { Callback, Session } from "../../provider.ts";
import { asE164 } from "./fields.ts";
import { readMessage } from "./search.ts";

/**
 * The `statusCallback` of a send, with transactionId, to, status and perhaps id, or a received SMS that is passed on, with
 * number and text (providers.md: public, partly a guess).
 */
export function readWebhook(
  { timeZone }: Pick<Session, "timeZone">,
  fields: Readonly<Record<string, unknown>>,
): Callback | undefined {
  const id = asId(fields.id);
  const reference = asId(fields.transactionId);
  if (asId(fields.status) !== undefined && (id ?? reference) !== undefined) {
    const { status, final, providerStatus, to } = readMessage(fields, timeZone);
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
  const from = asId(fields.number) ?? asId(fields.from);
  if (from === undefined || fields.text === undefined) return undefined;
  const to = asId(fields.to);
  return {
    type: "inbound",
    ...(id !== undefined && { id }),
    from: asE164(from),
    ...(to !== undefined && { to: asE164(to) }),
    text: String(fields.text),
  };
}
