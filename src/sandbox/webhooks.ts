/** A webhook of this process, as a sandbox sees it. */
export interface LocalWebhook {
  /** Its present URL, or undefined while it is not to be called. */
  readonly url: () => string | undefined;
  /** Told when a callback was refused for good: the HTTP status, 0 where there was no answer. */
  readonly refused: (status: number) => void;
}

interface Registered {
  /** Undefined: whatever the provider. */
  readonly provider: string | undefined;
  readonly webhook: LocalWebhook;
}

/** Whom a sandbox has to call. */
export interface Called {
  readonly url: string;
  readonly refused?: (status: number) => void;
}

const registered = new Set<Registered>();

/** Has a provider's sandbox call a webhook of this process. Returns what ends that. */
export function registerWebhook(provider: string | undefined, webhook: LocalWebhook): () => void {
  const entry = { provider, webhook };
  registered.add(entry);
  return () => void registered.delete(entry);
}

/** Those that a provider's sandbox has to call now. */
export function webhooksOf(provider: string): Called[] {
  const own = [...registered].filter((entry) => entry.provider === undefined || entry.provider === provider);
  return own.flatMap(({ webhook }) => {
    const url = webhook.url();
    return url === undefined ? [] : [{ url, refused: (status: number) => webhook.refused(status) }];
  });
}
