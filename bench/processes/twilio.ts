type Create = (message: object) => Promise<unknown>;

/** What of node-red-node-twilio's client is touched here. */
interface Client {
  readonly api: { baseUrl: string };
  readonly messages: { create: Create };
}

const originals = new WeakMap<object, Create>();

/**
 * Points a node of node-red-node-twilio at another server. It has no output and never says done, so the promise of its
 * client is what tells that a message ended. Over plain HTTP, which costs it less than its own HTTPS.
 */
export function followTwilio(node: object, baseUrl: string, onEnd: (hasFailed: boolean) => void): void {
  const { api, messages } = (node as { twilioClient: Client }).twilioClient;
  api.baseUrl = baseUrl;
  const create = originals.get(messages) ?? messages.create;
  originals.set(messages, create);
  messages.create = (message) => {
    const created = create.call(messages, message);
    created.then(
      () => onEnd(false),
      () => onEnd(true),
    );
    return created;
  };
}
