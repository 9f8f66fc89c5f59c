/** The present URL of a webhook, or undefined while it is not to be called. */
export type WebhookUrl = () => string | undefined;

interface Registered {
  /** Undefined: whatever the provider. */
  readonly provider: string | undefined;
  readonly url: WebhookUrl;
}

const registered = new Set<Registered>();

/** Has a provider's sandbox call a webhook of this process. Returns what ends that. */
export function registerWebhook(provider: string | undefined, url: WebhookUrl): () => void {
  const entry = { provider, url };
  registered.add(entry);
  return () => void registered.delete(entry);
}

/** The URLs that a provider's sandbox has to call now. */
export function webhooksOf(provider: string): string[] {
  const own = [...registered].filter((entry) => entry.provider === undefined || entry.provider === provider);
  return own.flatMap(({ url }) => url() ?? []);
}
