import type { ErrorCode, Outcome } from "./error.ts";

/** What a provider says of a message, in one vocabulary for all providers. */
export type Status =
  "accepted" | "scheduled" | "queued" | "sent" | "delivered" | "undelivered" | "rejected" | "unknown";

export type Channel = "sms" | "email" | "push";

/**
 * What became of one recipient of a send.
 *
 * `rejected`: the number or the provider's word is against it. `failed`: the request it was in certainly was not taken,
 * so it can be sent again. `unknown`: the request it was in may have been taken.
 */
export interface RecipientResult {
  to: string;
  id?: string;
  status: "accepted" | "scheduled" | "rejected" | "failed" | "unknown";
  /** How many SMS the text takes. */
  parts?: number;
  /** What it went as, where the provider chooses between push and SMS. */
  via?: Channel;
  /** Through a route: who it went through, or was tried last. */
  provider?: string;
  /** The account's name, beside `provider`. */
  account?: string;
  error?: { code: ErrorCode; message: string; outcome?: Outcome; providerCode?: string };
}

/** What a send node puts into `msg.payload`. Plain JSON. */
export interface SendResult {
  provider: string;
  channel: Channel;
  /** The account's name. */
  account: string;
  /** The single message's id, or the (first) delivery's or campaign's id. */
  id: string;
  /** Ids of the provider's bulk deliveries, one per request, where it gives them. */
  deliveries?: string[];
  reference?: string;
  accepted: number;
  rejected: number;
  /** Recipients whose request failed as a whole: `failed` and `unknown`. accepted + rejected + failed is their number. */
  failed: number;
  /** One entry per recipient, in the order given. */
  messages: RecipientResult[];
  /** True when the account is switched off: all was checked, nothing was sent. */
  off?: true;
  /** What the provider replied; an array where it took several requests. */
  raw: unknown;
}

export interface StatusEvent {
  /** `opened`, `clicked`, or the provider's own word. */
  type: string;
  /** ISO 8601, or the provider's own text where its form cannot be read with certainty. */
  at: string;
  raw: unknown;
}

export interface MessageStatus {
  id: string;
  status: Status;
  /** True when the status will not change any more. */
  final: boolean;
  /** The provider's own word. */
  providerStatus: string;
  to?: string;
  events?: StatusEvent[];
  /** Only where it was asked for. */
  text?: string | undefined;
}

/** Where in a longer list the messages of a search are, as the provider counts. */
export interface Page {
  count: number;
  offset: number;
  limit: number;
}

/** What check-status puts into `msg.payload`; `messages` for a bulk or a search. */
export interface StatusResult extends MessageStatus {
  provider: string;
  channel: Channel;
  messages?: MessageStatus[];
  /** Of a search that was answered in pages. */
  page?: Page;
  raw: unknown;
}

/** What check-balance puts into `msg.payload`. */
export interface BalanceResult {
  provider: string;
  channel: Channel;
  /** In the provider's own unit: messages, or money where `currency` says so. */
  balance: number;
  currency?: string;
  raw: unknown;
}

/** How far a bulk send is. */
export interface Progress {
  done: number;
  total: number;
  accepted: number;
  rejected: number;
  failed: number;
  perSecond: number;
  etaSeconds: number;
}

/** What a provider reported of a message by calling our webhook. */
export interface StatusReport extends Omit<MessageStatus, "events"> {
  provider: string;
  type: "status";
  /** Whether it is about a message that this Node-RED remembers to have sent. The next three are known then. */
  matched: boolean;
  channel?: Channel;
  /** The account's name. */
  account?: string;
  reference?: string;
  /** ISO 8601. */
  receivedAt: string;
  raw: unknown;
}

/** A message that a person sent to us. */
export interface InboundMessage {
  provider: string;
  type: "inbound";
  id?: string;
  /** E.164 where it is a number. */
  from: string;
  to?: string;
  text: string;
  carrier?: string;
  /** ISO 8601. */
  receivedAt: string;
  raw: unknown;
}
