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
