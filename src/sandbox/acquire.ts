import type { Provider } from "../provider.ts";
import { memoryOf, rest } from "./memory.ts";
import { startSandbox } from "./server.ts";
import type { Sandbox } from "./server.ts";
import { webhooksOf } from "./webhooks.ts";

interface Running {
  readonly sandbox: Promise<Sandbox>;
  users: number;
}

const running = new Map<string, Running>();

/**
 * The process's sandbox of a provider, started for its first user and closed after its last: accounts in sandbox mode share
 * it, so that one can ask for what another sent. What it took is remembered when it starts again, as after a deploy. It
 * never keeps the process running.
 */
export async function acquireSandbox(provider: Provider): Promise<{ sandbox: Sandbox; release: () => Promise<void> }> {
  const entry = running.get(provider.name) ?? start(provider);
  entry.users += 1;
  let held = true;
  const release = async (): Promise<void> => {
    if (!held) return;
    held = false;
    entry.users -= 1;
    if (entry.users > 0) return;
    if (running.get(provider.name) === entry) running.delete(provider.name);
    await entry.sandbox.then((sandbox) => sandbox.close());
    if (!running.has(provider.name)) await rest(provider);
  };
  try {
    return { sandbox: await entry.sandbox, release };
  } catch (error) {
    // A start that failed is not handed to the next who asks.
    if (running.get(provider.name) === entry) running.delete(provider.name);
    throw error;
  }
}

function start(provider: Provider): Running {
  const sandbox = memoryOf(provider).then(({ standIn, desk }) =>
    startSandbox(standIn, { unref: true, desk, webhooks: () => webhooksOf(provider.name) }),
  );
  const entry = { sandbox, users: 0 };
  running.set(provider.name, entry);
  return entry;
}
