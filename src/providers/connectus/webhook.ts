import { asE164 } from "../../e164.ts";
import { asId, asText, isGiven } from "../../json.ts";
import type { Callback, Session } from "../../provider.ts";
import { readStatus } from "./status.ts";

/**
 * A state of an SMS, `{id_sms, status}`, or an SMS from a person, `{id_sms, dst_number, src_number, src_provider,
 * sms_content}` (document p. 6 and 7, which says neither method nor content type).
 */
export function readWebhook(
  { country }: Pick<Session, "country">,
  fields: Readonly<Record<string, unknown>>,
): Callback | undefined {
  const id = asId(fields.id_sms) ?? asId(fields.id_email);
  const from = asE164(fields.src_number, country);
  // What somebody wrote is worth having though its number is missing.
  if (from !== undefined || isGiven(fields.sms_content)) {
    const to = asE164(fields.dst_number, country);
    const carrier = asId(fields.src_provider);
    return {
      type: "inbound",
      ...(id !== undefined && { id }),
      from: from ?? "",
      ...(to !== undefined && { to }),
      text: asText(fields.sms_content),
      ...(carrier !== undefined && { carrier }),
    };
  }
  const status = id === undefined ? undefined : readStatus(id, fields.status);
  return status && { type: "status", ...status };
}
