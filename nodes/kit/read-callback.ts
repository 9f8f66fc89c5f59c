import type { Callback, Provider } from "../../src/provider.ts";

/** A callback that could be read, and by whom. */
export interface ReadCallback {
  readonly provider: Provider;
  readonly callback: Callback;
}

/**
 * Reads a callback as its provider writes them. Without the name of one, each is tried in the order of the list: their
 * fields have different names.
 */
export async function readCallback(
  fields: Readonly<Record<string, unknown>>,
  name: string | undefined,
  timeZone: string | undefined,
): Promise<ReadCallback | undefined> {
  const { providers } = await import("../../src/providers/index.ts");
  for (const provider of providers) {
    if (name !== undefined && provider.name !== name) continue;
    const account = { timeZone: timeZone ?? provider.timeZone };
    const callback = await provider.operations.readWebhook?.(account, fields);
    if (callback) return { provider, callback };
  }
  return undefined;
}
