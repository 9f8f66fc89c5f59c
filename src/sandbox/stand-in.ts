import type { Channel, Status } from "../result.ts";

/** A request that reached the sandbox, with its parameters already gathered from query, form or JSON body. */
export interface StandInRequest {
  readonly method: string;
  /** Path below the base URL, without leading slash: `send_sms`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parameters of a form, multipart or JSON body, a file as StandInFile; empty otherwise. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A file in a multipart body. */
export interface StandInFile {
  readonly fileName: string;
  readonly contentType: string;
  readonly data: Buffer;
}

export interface StandInReply {
  readonly status: number;
  /** Sent as JSON, unless it is a string or a Buffer. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A message that the sandbox took, as its phone or inbox shows it. */
export interface SandboxMessage {
  readonly id: string;
  readonly channel: Channel;
  readonly to: string;
  readonly from?: string;
  readonly subject?: string;
  readonly text: string;
  /** Id of its image, as the provider's API gives it. */
  readonly imageId?: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** Epoch milliseconds before which it stays scheduled. */
  readonly deliverAt?: number;
  /** Id of the bulk it came in. */
  readonly deliveryId?: string;
  readonly deliveryName?: string;
  /** Where its sender wants the reports on it; absent: where those of the account go. */
  readonly reportTo?: string;
}

/** What a person writes back. */
export interface SandboxReply {
  readonly id: string;
  /** E.164. */
  readonly from: string;
  /** The number it was sent to; absent = the account's own. */
  readonly to?: string;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** Written by a phone that answers of itself, of which the stand-in knows without being told. */
  readonly isAutomatic?: true;
}

/** A call of a webhook. */
export interface StandInCallback {
  /** POST with JSON, POST with a form, or GET with a query. */
  readonly shape: "json" | "form" | "query";
  readonly fields: Readonly<Record<string, string | number>>;
}

/** How a provider calls webhooks. */
export interface StandInCallbacks {
  /**
   * The report of a message as it stands at that moment, if there is one by now; `final` when no other will come. Undefined
   * where the provider never reports on such a message.
   */
  report(message: SandboxMessage, now: number): { callback?: StandInCallback; final: boolean } | undefined;
  inbound(reply: SandboxReply): StandInCallback;
}

/** `cancelled`: taken back before it was sent. */
export type SandboxState = Status | "cancelled";

/** What the sandbox server offers to a provider's stand-in. */
export interface SandboxDesk {
  /** Keeps a message; the oldest are forgotten beyond a fixed number, so memory stays bounded. */
  keep(message: SandboxMessage): void;
  find(id: string): SandboxMessage | undefined;
  inDelivery(deliveryId: string): SandboxMessage[];
  messages(): readonly SandboxMessage[];
  /** What people wrote, oldest first. */
  replies(): readonly SandboxReply[];
  /** An id in the provider's form: 32 hexadecimal digits. */
  newId(): string;
  /** Epoch milliseconds; tests may move it. */
  now(): number;
}

/** A provider played on loopback: checks what it is sent as strictly as the provider's document. */
export interface StandIn {
  /** The credentials that it accepts; an account in sandbox mode uses these. */
  readonly credentials: Readonly<Record<string, string>>;
  /** What it takes for settings of an account that are needed and were left empty. */
  readonly options?: Readonly<Record<string, string>>;
  answer(request: StandInRequest, desk: SandboxDesk): StandInReply;
  /** What has become of a message by that moment, in our words; absent: every message stays accepted. */
  stateOf?(message: SandboxMessage, now: number): SandboxState;
  /** The image with this id, if it is still remembered. */
  imageOf?(id: string): StandInFile | undefined;
  /** Absent: it calls no webhooks. */
  readonly callbacks?: StandInCallbacks;
  /** The provider's error body, for what the server itself refuses (414, 413, garbage); `{"error": text}` where absent. */
  errorBody?(status: number, text: string): unknown;
}
