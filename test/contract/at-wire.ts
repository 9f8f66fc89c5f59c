import type { Provider, Session } from "../../src/provider.ts";
import { Account } from "../../src/sending/account.ts";
import type { AccountSettings } from "../../src/sending/account.ts";
import { startWire } from "./wire.ts";
import type { Answer, Received, Wire } from "./wire.ts";

/** What a test of an adapter works with. */
export interface AtWire {
  /** The requests of the running test. */
  readonly received: Received[];
  /** Answers the coming requests so; `index` counts the test's requests from 0. */
  answer(how: (received: Received, index: number) => Answer): void;
  /** Answers every coming request with a 200 and this body. */
  reply(body: unknown): void;
  /** A session of an account whose base URL is the server's, with `path` behind it; closes the one before. */
  open(settings?: Partial<AccountSettings> & { path?: string }): Promise<Session>;
}

/** Gives each test of the suite a server on loopback, which ends with it. */
export function atWire(provider: Provider, credentials: Record<string, string>): AtWire {
  let wire: Wire;
  let account: Account | undefined;
  let how: (received: Received, index: number) => Answer;

  beforeEach(async () => {
    how = () => ({ status: 500 });
    wire = await startWire((received, index) => how(received, index));
  });

  afterEach(async () => {
    await account?.close();
    account = undefined;
    await wire.close();
  });

  return {
    get received() {
      return wire.received;
    },
    answer(next) {
      how = next;
    },
    reply(body) {
      how = () => ({ body });
    },
    async open({ path = "", ...settings } = {}) {
      await account?.close();
      account = new Account(provider, { name: "test", baseUrl: wire.url + path, ...settings }, credentials);
      return account.open();
    },
  };
}
