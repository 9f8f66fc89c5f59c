import type { PhoneMessage, PhoneReply } from "../../../src/sandbox/phones.ts";
import type { Shown } from "./client.ts";

/** A message that came to a phone or an inbox, and the sandbox it came from. */
export interface Received extends PhoneMessage {
  readonly provider: string;
  readonly label: string;
}

/** What a phone shows, in the order of time. */
export type Entry = ({ readonly kind: "message" } & Received) | ({ readonly kind: "reply" } & PhoneReply);

/** A number that a sandbox has received for. */
export interface Phone {
  /** Whether a receive-sms node can find what is written on it. */
  readonly canBeAsked: boolean;
  readonly key: string;
  readonly provider: string;
  readonly label: string;
  readonly number: string;
  readonly entries: readonly Entry[];
  /** Epoch milliseconds of its last entry. */
  readonly changedAt: number;
  /** Whom an answer goes to: the number that wrote last; absent where that was a name. */
  readonly answersTo?: string;
}

/** The phones of all sandboxes, the last one changed first. */
export function phonesOf({ sandboxes }: Shown): Phone[] {
  const phones = sandboxes.flatMap(({ provider, label, canBeAsked, messages, replies }) => {
    const entries = new Map<string, Entry[]>();
    const add = (number: string, entry: Entry) => entries.set(number, [...(entries.get(number) ?? []), entry]);
    for (const message of messages) {
      if (message.channel !== "email") add(message.to, { kind: "message", provider, label, ...message });
    }
    // A person writes on a phone that there is.
    for (const reply of replies) if (entries.has(reply.from)) add(reply.from, { kind: "reply", ...reply });
    return [...entries].map(([number, all]) => phone({ provider, label, canBeAsked, number }, all));
  });
  return phones.sort((one, other) => other.changedAt - one.changedAt);
}

/** The e-mails of all sandboxes, the newest first. */
export function emailsOf({ sandboxes }: Shown): Received[] {
  const emails = sandboxes.flatMap(({ provider, label, messages }) =>
    messages.filter(({ channel }) => channel === "email").map((message) => ({ provider, label, ...message })),
  );
  return emails.sort((one, other) => other.receivedAt - one.receivedAt);
}

function phone(about: Pick<Phone, "provider" | "label" | "canBeAsked" | "number">, all: readonly Entry[]): Phone {
  const entries = [...all].sort((one, other) => one.receivedAt - other.receivedAt);
  const last = entries.filter((entry) => entry.kind === "message").at(-1);
  const answersTo = last?.from !== undefined && /^\+?\d{3,15}$/.test(last.from) ? last.from : undefined;
  return {
    ...about,
    key: `${about.provider} ${about.number}`,
    entries,
    changedAt: entries.at(-1)?.receivedAt ?? 0,
    ...(answersTo !== undefined && { answersTo }),
  };
}
