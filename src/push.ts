import { invalid } from "./error.ts";
import { imageFile } from "./image.ts";
import { idsOf, isBlank } from "./list.ts";
import { numberDrafts, pushText, smsText } from "./message.ts";
import type { Draft, PushMessage, SendOptions } from "./message.ts";

/** A push as a flow gives it: each field may be anything; what is empty is undefined. */
export interface PushFields {
  /** A number, a comma list, or an array of both. */
  readonly to?: unknown;
  /** Ids as an array or a comma list. */
  readonly groups?: unknown;
  readonly text?: unknown;
  /** A Buffer, a data URL or a file's path. */
  readonly image?: unknown;
  /** Whether an SMS goes to those who have no app. */
  readonly smsFallback: boolean;
  readonly smsText?: unknown;
}

/** `from` and `encoding` are those of the SMS. */
export type PushOptions = Pick<SendOptions, "at" | "from" | "reference" | "encoding">;

/** A checked push. */
export interface PushDraft {
  /** It goes to the good numbers only: where there are none and no groups either, it must not be sent. */
  readonly push: PushMessage;
  /** All numbers in the order given, each once, the bad ones with their error. */
  readonly recipients: readonly Draft<{ readonly to: string }>[];
}

/**
 * Checks a push by all that can be known without the provider; of an image, kind and size are looked at. A text that is the
 * very image (both fields read the same property) is no text. Rejects with INVALID_MESSAGE, and with INVALID_NUMBER when there
 * is neither a number nor a group.
 */
export async function pushDraft(fields: PushFields, options: PushOptions, country: string): Promise<PushDraft> {
  const { to, image, smsFallback } = fields;
  const groups = idsOf(fields.groups, "groups");
  const recipients = groups.length > 0 && isNobody(to) ? [] : numberDrafts(to, country);
  const text = fields.text === image ? undefined : fields.text;
  if (text === undefined && image === undefined) {
    const message = "The push is empty: put a text into msg.payload, or fill in the node's Text or Image field.";
    throw invalid(message, "INVALID_MESSAGE", { kind: "pushEmpty" });
  }
  const { at, reference } = options;
  const push: PushMessage = {
    to: recipients.flatMap((recipient) => ("error" in recipient ? [] : recipient.to)),
    groups,
    ...(text !== undefined && { text: pushText(text) }),
    ...(image !== undefined && { image: await imageFile(image) }),
    ...(smsFallback && { sms: fallback(fields.smsText, options) }),
    ...(at && { at }),
    ...(reference !== undefined && { reference }),
  };
  return { push, recipients };
}

function fallback(text: unknown, { from, encoding }: PushOptions): PushMessage["sms"] & object {
  const advice = {
    text: "Fill in the node's SMS text field, or switch off its SMS fallback.",
    phrase: { kind: "intoSmsText" },
  };
  return {
    text: smsText(text, advice),
    ...(from !== undefined && { from }),
    ...(encoding && { encoding }),
  };
}

function isNobody(to: unknown): boolean {
  return Array.isArray(to) ? to.every(isBlank) : isBlank(to);
}
