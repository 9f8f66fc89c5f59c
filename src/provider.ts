import type { MessagingError } from "./error.ts";
import type { BalanceResult, Channel, InboundMessage, MessageStatus, Page, RecipientResult, Status } from "./result.ts";
import type { Campaign, EmailMessage, PushMessage, SmsMessage, SendOptions } from "./message.ts";
import type { Reply, HttpRequest } from "./http-request.ts";
import type { StandIn } from "./sandbox/stand-in.ts";

/**
 * All that the package knows of one provider: a folder under `providers/` exports one of these and nothing else knows it.
 * An operation that is absent is one that the provider does not have; forms and checks read it off that absence.
 */
export interface Provider {
  /** As in a node's `provider` property and a config node's type, `<name>-account`. */
  readonly name: string;
  /** As people write it. */
  readonly label: string;
  /** Where its API is when the account does not say otherwise; no trailing slash. */
  readonly baseUrl: string;
  /** Default ISO 3166 country of numbers written without one. */
  readonly country: string;
  /** IANA zone of the times that its API reads and writes without an offset. */
  readonly timeZone: string;
  /** The most parts of one SMS that its document allows; absent where it names no limit. */
  readonly maxSmsParts?: number;
  /** Credentials that must not be empty, for a clear error before the first request. */
  requiredCredentials(options: Readonly<Record<string, string>>): string[];
  /** Where accounts sign in for a token: what is known of it. Undefined for one whose credentials go with each request. */
  readonly signIn?: (session: Pick<Session, "options" | "memory">) => Promise<SignIn | undefined>;
  readonly operations: Operations;
  /** A number in E.164 that the sandbox has a phone for, whatever a message says; it is sent to in sandbox mode only. */
  readonly sandboxPhone?: string;
  /** Its stand-in for sandbox mode. */
  sandbox(): Promise<StandIn>;
}

export interface Operations {
  readonly sendSms?: SendOperation<SmsMessage>;
  readonly sendEmail?: SendOperation<EmailMessage>;
  /** A push with an optional image; where a phone has no app, an SMS instead if the message says so. */
  readonly sendPush?: (session: Session, push: PushMessage) => Promise<GroupSendReply>;
  /** What SMS would cost; sends nothing. */
  readonly estimateSms?: (
    session: Session,
    messages: readonly SmsMessage[],
    options: SendOptions,
  ) => Promise<Pick<Estimate, "cost" | "credit" | "sms" | "raw">>;
  /** What a push would cost; sends nothing. */
  readonly estimatePush?: (session: Session, push: PushMessage) => Promise<Estimate>;
  /** Invites a number to install the provider's app. `url` is complete, with its scheme. */
  readonly invite?: (session: Session, to: string) => Promise<{ to: string; url: string; raw: unknown }>;
  /** Downloads the image of a push by the id that a search shows. */
  readonly downloadImage?: (session: Session, id: string) => Promise<{ body: Buffer; contentType: string }>;
  /** One text to groups of the provider's own address book, at once or in blocks over days. */
  readonly sendCampaign?: (session: Session, campaign: Campaign) => Promise<GroupSendReply>;
  /** Cancels scheduled messages; the reply names those that were cancelled. */
  readonly cancelSms?: (session: Session, which: { id: string } | { reference: string }) => Promise<CancelReply>;
  /** Messages that people sent to us, oldest first. */
  readonly receiveSms?: (session: Session, filter: ReceiveFilter) => Promise<InboundMessage[]>;
  /** Reads one callback, its fields as JSON, form or query gave them; undefined where it tells nothing that can be read. */
  readonly readWebhook?: (
    account: Pick<Session, "country" | "timeZone">,
    fields: Readonly<Record<string, unknown>>,
  ) => Promise<Callback | undefined>;
  /** What the provider has to choose from, for pick lists in the editor. */
  readonly lists?: Readonly<Partial<Record<ListName, (session: Session) => Promise<ListEntry[]>>>>;
  readonly checkStatus?: (session: Session, lookup: StatusLookup) => Promise<StatusReply>;
  /** `checkStatus` for several messages in one question, so that many can be followed at the cost of one. */
  readonly checkMany?: CheckManyOperation;
  readonly checkBalance?: BalanceOperation;
}

/** Asks for several messages at a time. */
export interface CheckManyOperation {
  /** The most ids that one question takes. */
  readonly maxIds: number;
  /** Whether an id is one of those that can be asked for together. */
  takes(id: string): boolean;
  /** What `checkStatus` would reply, or reject with, for each id alone, in the order of the ids. */
  check(session: Session, ids: readonly string[], kind: StatusKind): Promise<(StatusReply | MessagingError)[]>;
}

/** Sends one request's worth of messages. */
export interface SendOperation<Message> {
  /** The most recipients that one request takes. */
  readonly maxRecipients: number;
  /** How many it is given when the user does not choose; `maxRecipients` where absent. */
  readonly usualRecipients?: number;
  /** The options that this provider can honour; the others are reported to the user, not silently dropped. */
  readonly honours: readonly (keyof SendOptions)[];
  /** Its codes for a message that it refuses because it took the same one before. */
  readonly repeatCodes?: readonly string[];
  /** Rejects with a MessagingError when the request as a whole failed; a refused recipient is part of the reply. */
  send(session: Session, messages: readonly Message[], options: SendOptions, part?: SendPart): Promise<SendReply>;
}

/** What one request is of the whole send. */
export interface SendPart {
  /** Messages of the whole send. */
  readonly total: number;
}

export interface SendReply {
  /** The provider's id of the delivery as a whole, where it has one. */
  deliveryId?: string;
  /** The id that we gave to the send, where the provider can be asked by it: the user's reference, or one of our own. */
  reference?: string;
  /** One entry per message, in the order of the messages. */
  recipients: Omit<RecipientResult, "to" | "parts">[];
  raw: unknown;
}

/** The reply to a send whose recipients the provider may choose itself (groups): each entry names its own. */
export interface GroupSendReply {
  id: string;
  /** As in SendReply. */
  reference?: string;
  recipients: RecipientResult[];
  /** Where the reply says only how many, not who. */
  accepted?: number;
  raw: unknown;
}

/** What the provider tells of it: what it leaves out is absent. */
export interface Estimate {
  cost: number;
  credit?: number;
  sms?: number;
  push?: number;
  pushAvailable?: number;
  raw: unknown;
}

export interface CancelReply {
  /** Ids of messages that it names and that go, or went, all the same. */
  notCancelled?: string[];
  messages: { id: string; to?: string; status: Status; providerStatus: string }[];
  raw: unknown;
}

export interface ReceiveFilter {
  /** Only messages received at or after this moment. */
  since?: Date;
  /** Only messages from these numbers. */
  senders?: readonly string[];
}

/** What a callback says: what became of a message that we sent, or a message that a person sent to us. */
export type Callback =
  | ({ type: "status"; id?: string; reference?: string } & Pick<
      MessageStatus,
      "status" | "final" | "providerStatus" | "to"
    >)
  | ({ type: "inbound" } & Pick<InboundMessage, "id" | "from" | "to" | "text" | "carrier">);

export type ListName = "groups" | "senders" | "configurations";

export interface ListEntry {
  id: string;
  name: string;
}

/** The token that an account has, if it has one. */
export interface SignIn {
  /** Epoch milliseconds of the login that brought it; absent while there is none. */
  since?: number;
  /** Epoch milliseconds of its end, where the provider tells it. */
  until?: number;
}

export interface BalanceOperation {
  readonly channels: readonly Channel[];
  /** What a balance counts; the currency of money is the reply's, if it names one. */
  readonly unit: "messages" | "money";
  check(session: Session, channel: Channel): Promise<Pick<BalanceResult, "balance" | "currency" | "raw">>;
}

export type StatusKind = "auto" | "sms" | "bulk" | "email" | "push";

/** What to ask the provider about. Exactly one of the four is set, but for `ids` beside `deliveries`. */
export interface StatusLookup {
  kind: StatusKind;
  /** Id of one message (or of a delivery, when kind is `bulk`). */
  id?: string;
  /** Ids of several messages that were sent together; beside deliveries, all that the messages in and out of them have. */
  ids?: string[];
  /** Ids of bulk deliveries. */
  deliveries?: string[];
  /** A search by the provider's terms, such as reference, from, to, status, number, offset, limit. */
  search?: Readonly<Record<string, unknown>>;
  /** Whether the messages found should have their texts, where the provider shows them. */
  withText?: boolean;
}

export interface StatusReply {
  channel: Channel;
  /** In the provider's order; one entry for one message. */
  messages: MessageStatus[];
  /** True when the lookup named one message, so that the result is that message's. */
  single: boolean;
  /** Id of the delivery as a whole, where one was asked for. */
  deliveryId?: string;
  /** Where in a longer list the messages of a search are. */
  page?: Page;
  raw: unknown;
}

/** What an operation may know of the account that it works for, and its way to the network. */
export interface Session {
  readonly provider: Provider;
  /** Base URL without trailing slash; the sandbox's when the account is in sandbox mode. */
  readonly baseUrl: string;
  readonly country: string;
  readonly timeZone: string;
  /** The provider's own settings, such as `parameters`. */
  readonly options: Readonly<Record<string, string>>;
  readonly credentials: Readonly<Record<string, string>>;
  /** What the adapter remembers from one request to the next, such as a login token: one map per account, never stored. */
  readonly memory: Map<string, unknown>;
  /**
   * Treats a secret that came later, such as a login token, like a credential: no error, result or log of this account
   * shows it from now on. The latest few are remembered.
   */
  conceal(secret: string): void;
  /**
   * Waits for what this work shares with others, such as a login, within the time budget of the work. Rejects as TIMEOUT and
   * not sent when that is used up first; what was waited for goes on.
   */
  inTime<T>(waiting: Promise<T>): Promise<T>;
  /**
   * Where a provider that takes an address with each send is to report on it; undefined where nobody listens. It holds a
   * secret, which is concealed as a credential from the moment of this call.
   */
  reportUrl(): string | undefined;
  /** Sends one request, paced and with its safe retries. Rejects with a MessagingError; any HTTP status >= 400 rejects too. */
  request(request: HttpRequest): Promise<Reply>;
}
