import type { ErrorCode } from "../../src/error.ts";
import type { Progress, SendResult, Status } from "../../src/result.ts";

/** A node's status badge. Its text is a catalogue key, or numbers and signs that need no translation. */
export interface Badge {
  readonly fill: "red" | "green" | "yellow" | "blue" | "grey";
  readonly shape: "ring" | "dot";
  readonly text: string;
}

type Colour = Pick<Badge, "fill" | "shape">;

/** How each state of a message that a provider reports is painted. */
const DELIVERY: Readonly<Record<Status, Colour>> = {
  accepted: { fill: "blue", shape: "dot" },
  scheduled: { fill: "blue", shape: "ring" },
  queued: { fill: "blue", shape: "dot" },
  sent: { fill: "green", shape: "dot" },
  delivered: { fill: "green", shape: "dot" },
  undelivered: { fill: "red", shape: "dot" },
  rejected: { fill: "red", shape: "dot" },
  unknown: { fill: "grey", shape: "ring" },
};

/** The ring of every error code; a code without one does not compile. */
const ERRORS: Readonly<Record<ErrorCode, Badge["fill"]>> = {
  INVALID_NUMBER: "red",
  INVALID_MESSAGE: "red",
  MISSING_ACCOUNT: "red",
  BAD_CREDENTIALS: "red",
  NO_CREDIT: "red",
  RATE_LIMITED: "red",
  REJECTED: "red",
  NOT_SUPPORTED: "red",
  UNREACHABLE: "red",
  TIMEOUT: "red",
  BAD_REPLY: "red",
  PROVIDER_ERROR: "red",
  QUEUE_FULL: "red",
  EXPIRED: "red",
  CANCELLED: "grey",
};

/** Badges of what a node itself is doing, by the catalogue key of their text. */
const WORK = {
  "status.sending": { fill: "blue", shape: "dot" },
  "status.checking": { fill: "blue", shape: "dot" },
  "status.waiting": { fill: "yellow", shape: "ring" },
  "status.sent-sandbox": { fill: "green", shape: "dot" },
  "status.off": { fill: "grey", shape: "dot" },
  "status.stored": { fill: "blue", shape: "ring" },
  "status.overdue": { fill: "yellow", shape: "dot" },
  "status.cancelled": { fill: "green", shape: "dot" },
  "status.listening": { fill: "grey", shape: "ring" },
  "status.not-listening": { fill: "red", shape: "ring" },
  "status.inbound": { fill: "green", shape: "dot" },
} as const satisfies Record<string, Colour>;

/** Every key that a badge may carry: each message node's catalogue must translate all of them. */
export const STATUS_KEYS: readonly string[] = [
  ...Object.keys(WORK),
  ...Object.keys(DELIVERY).map((status) => `status.${status}`),
  ...Object.keys(ERRORS).map((code) => `error.${code}`),
];

export function workBadge(key: keyof typeof WORK): Badge {
  return { ...WORK[key], text: key };
}

export function deliveryBadge(status: Status): Badge {
  return { ...DELIVERY[status], text: `status.${status}` };
}

export function errorBadge(code: ErrorCode): Badge {
  return { fill: ERRORS[code], shape: "ring", text: `error.${code}` };
}

/** Numbers as they are, readable in any language. */
export function countBadge(fill: Badge["fill"], text: string): Badge {
  return { fill, shape: "dot", text };
}

const SANDBOX = " (sandbox)";

/** Of an account in sandbox mode, numbers say so too. A word stays, as it is a key of the catalogue. */
export function inSandbox(badge: Badge): Badge {
  const isWord = STATUS_KEYS.includes(badge.text) || badge.text.endsWith(SANDBOX);
  return isWord ? badge : { ...badge, text: badge.text + SANDBOX };
}

/** Of a send through a route. */
function accountsIn({ messages }: SendResult): string[] {
  return [...new Set(messages.flatMap(({ account }) => account ?? []))];
}

/** As much as a badge has room for. */
function names(all: readonly string[]): string {
  const shown = all.slice(0, 3).map((name) => (name.length > 20 ? `${name.slice(0, 19)}…` : name));
  return [...shown, ...(all.length > 3 ? ["…"] : [])].join(", ");
}

export function progressBadge(progress: Progress): Badge {
  return countBadge("blue", `${progress.done} / ${progress.total}`);
}

/**
 * What became of a send: one word for one recipient, numbers for many. Members of groups are counted, but not all named. Of
 * a send through a route the accounts in use, and those that it skips.
 */
export function sendBadge(result: SendResult, sandbox: boolean, skipped: readonly string[] = []): Badge {
  const refused = result.rejected + result.failed;
  const total = result.accepted + refused;
  if (result.off) return workBadge("status.off");
  const mark = sandbox ? SANDBOX : "";
  const used = accountsIn(result);
  if (used.length > 0) {
    const numbers = refused > 0 ? `${result.accepted} ✓  ${refused} ✗` : `${total > 1 ? `${total} ` : ""}✓`;
    const left = skipped.length > 0 ? `  ⊘ ${names(skipped)}` : "";
    return countBadge(refused > 0 || left ? "yellow" : "green", `${numbers}  ${names(used)}${left}${mark}`);
  }
  if (refused > 0) return countBadge("yellow", `${result.accepted} ✓  ${refused} ✗${mark}`);
  if (total > 1) return countBadge("green", `${total} ✓${mark}`);
  if (sandbox) return workBadge("status.sent-sandbox");
  return deliveryBadge(result.messages[0]?.status === "scheduled" ? "scheduled" : "sent");
}
