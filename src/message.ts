/** An SMS ready to be sent: `to` is E.164 (`+56990324203`), `text` is not empty. */
export interface SmsMessage {
  readonly to: string;
  readonly text: string;
}

/** An e-mail ready to be sent. `body` is sent as it is, text or HTML. */
export interface EmailMessage {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
}

/** What holds for all messages of one send. */
export interface SendOptions {
  /** When to deliver; the provider's local time is the adapter's business. */
  readonly at?: Date;
  /** Sender id of an SMS, or source address of an e-mail. */
  readonly from?: string;
  /** Display name of an e-mail's sender. */
  readonly senderName?: string;
  /** The user's own id of this send, at most 60 characters. */
  readonly reference?: string;
  /** Name of a bulk delivery, as shown in the provider's console. */
  readonly deliveryName?: string;
  readonly encoding?: "gsm7" | "ucs2";
}

/** An image to be sent: opened when the request is written, and again should it be retried. */
export interface ImageFile {
  readonly fileName: string;
  readonly contentType: "image/png" | "image/jpeg" | "image/gif";
  /** Bytes. */
  readonly size: number;
  open(): import("node:stream").Readable | Buffer;
}

/** A push to numbers and groups. At least one of `to` and `groups`, and one of `text` and `image`, is there. */
export interface PushMessage {
  /** E.164. */
  readonly to: readonly string[];
  /** Ids of the provider's own groups. */
  readonly groups: readonly string[];
  readonly text?: string;
  readonly image?: ImageFile;
  /** Sent to those who have no app; absent = push only. */
  readonly sms?: { readonly text: string; readonly from?: string; readonly encoding?: "gsm7" | "ucs2" };
  readonly at?: Date;
  readonly reference?: string;
}

/** One text to groups of the provider's address book. */
export interface Campaign {
  readonly name: string;
  readonly text: string;
  /** Ids of the groups. */
  readonly groups: readonly string[];
  readonly start?: Date;
  /** In blocks instead of all at once. */
  readonly drip?: {
    readonly messagesPerBlock: number;
    readonly minutesPerBlock: number;
    /** 1 = Monday … 7 = Sunday. */
    readonly days?: readonly number[];
    /** `["09:00-13:00", "17:00-21:00"]`, in the account's zone. */
    readonly timeIntervals?: readonly string[];
  };
}
