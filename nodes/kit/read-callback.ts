import { once } from "../../src/once.ts";
import type { Callback, Provider, Session } from "../../src/provider.ts";

/** A callback that could be read, and by whom. */
export interface ReadCallback {
  readonly provider: Provider;
  readonly callback: Callback;
}

const known = once(() => import("../../src/providers/index.ts"));

/**
 * Reads a callback as its provider writes them, with the account's country and time zone, if there is one. Without the name of one, each is tried in the order of the list: their
 * fields have different names.
 */
export async function readCallback(
  fields: Readonly<Record<string, unknown>>,
  name: string | undefined,
  given: Partial<Pick<Session, "country" | "timeZone">> | undefined,
): Promise<ReadCallback | undefined> {
  const { providers } = await known();
  for (const provider of providers) {
    if (name !== undefined && provider.name !== name) continue;
    const account = { country: given?.country ?? provider.country, timeZone: given?.timeZone ?? provider.timeZone };
    const callback = await provider.operations.readWebhook?.(account, fields);
    if (callback) return { provider, callback };
  }
  return undefined;
}
