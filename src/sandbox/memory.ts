import type { Provider } from "../provider.ts";
import { createDesk, type Desk } from "./desk.ts";
import type { StandIn } from "./stand-in.ts";

/** What stays of a sandbox that nobody uses: enough for its phones. */
const IDLE = { messages: 200, characters: 2_000_000, replies: 200 };

/** A provider's sandbox as it is known from one deploy to the next, until Node-RED ends. */
export interface Memory {
  readonly provider: Provider;
  readonly standIn: StandIn;
  readonly desk: Desk;
}

const known = new Map<string, Promise<Memory>>();

/** The memory of a provider's sandbox, made for whoever asks first. Rejects when the stand-in cannot be loaded. */
export function memoryOf(provider: Provider): Promise<Memory> {
  const memory = known.get(provider.name) ?? make(provider);
  known.set(provider.name, memory);
  // What failed is not handed to the next who asks.
  memory.catch(() => known.delete(provider.name));
  return memory;
}

/** The memories of all sandboxes that there were, in the order of their first use. */
export async function memories(): Promise<Memory[]> {
  const settled = await Promise.allSettled(known.values());
  return settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

/** To be called when nobody uses a sandbox any more. */
export function rest(provider: Provider): Promise<void> {
  return memoryOf(provider).then(({ desk }) => desk.shrink(IDLE));
}

async function make(provider: Provider): Promise<Memory> {
  return { provider, standIn: await provider.sandbox(), desk: createDesk(Date.now) };
}
