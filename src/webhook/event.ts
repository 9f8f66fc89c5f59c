import type { Callback } from "../provider.ts";
import type { InboundMessage, StatusReport } from "../result.ts";
import type { CallbackFields } from "./fields.ts";
import type { Match } from "./match.ts";

/** Where a callback came from, and when. */
export interface Origin {
  readonly provider: string;
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly raw: CallbackFields;
}

type StatusCallback = Extract<Callback, { type: "status" }>;
type InboundCallback = Extract<Callback, { type: "inbound" }>;

/** The event of a delivery report, completed by what is known of the message. */
export function statusReport(callback: StatusCallback, match: Match | undefined, origin: Origin): StatusReport {
  const { status, final, providerStatus } = callback;
  const reference = callback.reference ?? match?.sent.reference;
  // As it was sent to: a provider may write the number as it is dialled at home.
  const to = match?.to ?? callback.to;
  return {
    provider: origin.provider,
    type: "status",
    id: callback.id ?? match?.id ?? callback.reference ?? "",
    status,
    final,
    providerStatus,
    ...(to !== undefined && { to }),
    ...(reference !== undefined && { reference }),
    matched: match !== undefined,
    ...(match && { channel: match.channel, account: match.account }),
    receivedAt: origin.receivedAt,
    raw: origin.raw,
  };
}

/** The event of a message that a person sent to us. */
export function inboundMessage({ type, ...said }: InboundCallback, origin: Origin): InboundMessage {
  return { provider: origin.provider, type, ...said, receivedAt: origin.receivedAt, raw: origin.raw };
}
