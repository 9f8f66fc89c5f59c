import { asE164 } from "../../e164.ts";
import { asId } from "../../json.ts";
import type { Callback } from "../../provider.ts";
import { readStatus } from "./status.ts";

/**
 * A state of an SMS, `{id_sms, status}`, or an SMS from a person, `{id_sms, dst_number, src_number, src_provider,
 * sms_content}` (document p. 6 and 7, which says neither method nor content type).
 */
export function readWebhook(fields: Readonly<Record<string, unknown>>): Callback | undefined {
  const id = asId(fields.id_sms) ?? asId(fields.id_email);
  const from = asE164(fields.src_number);
  if (from !== undefined) {
    const to = asE164(fields.dst_number);
    const carrier = asId(fields.src_provider);
    return {
      type: "inbound",
      ...(id !== undefined && { id }),
      from,
      ...(to !== undefined && { to }),
      text: String(fields.sms_content ?? ""),
      ...(carrier !== undefined && { carrier }),
    };
  }
  const status = id === undefined ? undefined : readStatus(id, fields.status);
  return status && { type: "status", ...status };
}
