import type { Channel } from "../result.ts";
import { acquireSandbox } from "./acquire.ts";
import { memories, type Memory } from "./memory.ts";
import type { SandboxMessage, SandboxReply, SandboxState, StandInFile } from "./stand-in.ts";

/** Messages of one sandbox, and as many replies, that phones show: the newest. */
const MAX_SHOWN = 200;

/** Characters of a text in a list; an SMS is never longer. */
const MAX_LISTED = 2000;

/** Of an e-mail, as an inbox shows its beginning. */
const MAX_PREVIEW = 200;

/** A message as a phone or an inbox shows it. */
export interface PhoneMessage {
  readonly id: string;
  readonly channel: Channel;
  readonly to: string;
  readonly from?: string;
  readonly subject?: string;
  /** Its beginning only, where `isCut`. */
  readonly text: string;
  readonly isCut?: true;
  readonly imageId?: string;
  readonly state: SandboxState;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** Epoch milliseconds, of a message that was to wait. */
  readonly deliverAt?: number;
}

/** What was written on a phone. */
export type PhoneReply = Pick<SandboxReply, "id" | "from" | "text" | "receivedAt">;

/** What the phones of one provider's sandbox show, oldest first. */
export interface Phones {
  readonly provider: string;
  /** The provider's name as people know it. */
  readonly label: string;
  /** Whether a flow can ask the provider for what was written on a phone, and need not be called. */
  readonly canBeAsked: boolean;
  readonly messages: readonly PhoneMessage[];
  readonly replies: readonly PhoneReply[];
}

/** The phones of all sandboxes that were used since Node-RED started, in the order of their first use. */
export async function phones(): Promise<Phones[]> {
  return (await memories()).map((memory) => {
    const { provider, desk } = memory;
    const messages = desk.messages().slice(-MAX_SHOWN);
    return {
      provider: provider.name,
      label: provider.label,
      canBeAsked: provider.operations.receiveSms !== undefined,
      messages: messages.map((message) => listed(message, memory)),
      replies: desk
        .written()
        .slice(-MAX_SHOWN)
        .map(({ id, from, text, receivedAt }) => ({ id, from, text, receivedAt })),
    };
  });
}

/** A message with all of its text; undefined when it is forgotten. */
export async function phoneMessage(provider: string, id: string): Promise<PhoneMessage | undefined> {
  const memory = await memoryNamed(provider);
  const message = memory?.desk.find(id);
  return memory && message && shown(message, memory);
}

/** The image with this id; undefined when it is forgotten. */
export async function phoneImage(provider: string, id: string): Promise<StandInFile | undefined> {
  return (await memoryNamed(provider))?.standIn.imageOf?.(id);
}

/**
 * Writes an SMS on a phone, as a person would: it goes to the webhooks of the provider. Resolves with the number of those that
 * took it, or undefined when that provider's sandbox was never used.
 */
export async function replyFrom(
  provider: string,
  written: Pick<SandboxReply, "from" | "to" | "text">,
): Promise<number | undefined> {
  const memory = await memoryNamed(provider);
  if (!memory) return undefined;
  const { sandbox, release } = await acquireSandbox(memory.provider);
  try {
    return await sandbox.reply(written);
  } finally {
    await release();
  }
}

async function memoryNamed(provider: string): Promise<Memory | undefined> {
  return (await memories()).find((memory) => memory.provider.name === provider);
}

function listed(message: SandboxMessage, memory: Memory): PhoneMessage {
  const most = message.channel === "email" ? MAX_PREVIEW : MAX_LISTED;
  const whole = shown(message, memory);
  return whole.text.length > most ? { ...whole, text: beginning(whole.text, most), isCut: true } : whole;
}

function shown(message: SandboxMessage, memory: Memory): PhoneMessage {
  const { id, channel, to, from, subject, text, imageId, receivedAt, deliverAt } = message;
  return {
    id,
    channel,
    to,
    ...(from !== undefined && { from }),
    ...(subject !== undefined && { subject }),
    text,
    ...(imageId !== undefined && { imageId }),
    state: stateNow(message, memory),
    receivedAt,
    ...(deliverAt !== undefined && { deliverAt }),
  };
}

/** Providers call by one name what waits for its time and what waits for its turn: here they are told apart. */
function stateNow(message: SandboxMessage, { standIn, desk }: Memory): SandboxState {
  const now = desk.now();
  const state = standIn.stateOf?.(message, now) ?? "accepted";
  if (state === "cancelled") return state;
  if (message.deliverAt !== undefined && message.deliverAt > now) return "scheduled";
  return state === "scheduled" ? "accepted" : state;
}

/** Without half a character at its end. */
function beginning(text: string, most: number): string {
  return text.slice(0, most).replace(/[\ud800-\udbff]$/, "");
}
