import { EventEmitter } from "node:events";
import { join } from "node:path";
import type { MessagingError } from "../../src/error.ts";
import { smsDrafts } from "../../src/message.ts";
import { accountSender } from "../../src/outbox/account-sender.ts";
import { Outbox, type OutboxOptions, type Outgoing, type Settled } from "../../src/outbox/outbox.ts";
import type { Sender } from "../../src/outbox/sender.ts";
import type { SqliteStoreOptions } from "../../src/outbox/sqlite/sqlite-store.ts";
import type { Provider } from "../../src/provider.ts";
import { connectus } from "../../src/providers/connectus/index.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { Account, type AccountSettings } from "../../src/sending/account.ts";
import { folder, sqliteStore } from "./sqlite.ts";

export interface SettingOptions extends Partial<Omit<OutboxOptions, "sender" | "onTrouble">> {
  readonly provider?: Provider;
  readonly account?: Partial<AccountSettings>;
  readonly store?: Partial<SqliteStoreOptions>;
  /** Instead of the account's. */
  readonly sender?: (sender: Sender) => Sender;
}

/** An outbox on a real file, an account, and its provider's sandbox. */
export class Setting {
  readonly sandbox: Sandbox;
  readonly file: string;
  readonly troubles: MessagingError[] = [];
  readonly settled: Settled[] = [];
  account: Account;
  outbox: Outbox;
  readonly #options: SettingOptions;
  readonly #provider: Provider;
  readonly #removeFolder: () => Promise<void>;
  readonly #events = new EventEmitter();

  static async make(options: SettingOptions = {}): Promise<Setting> {
    const { provider = connectus } = options;
    const sandbox = await startSandbox(await provider.sandbox());
    const { path, remove } = await folder();
    return new Setting(options, sandbox, join(path, "outbox.sqlite"), remove);
  }

  constructor(options: SettingOptions, sandbox: Sandbox, file: string, removeFolder: () => Promise<void>) {
    this.#options = options;
    this.#provider = options.provider ?? connectus;
    this.sandbox = sandbox;
    this.file = file;
    this.#removeFolder = removeFolder;
    this.account = this.newAccount();
    this.outbox = this.newOutbox();
    this.listen();
  }

  newAccount(own: Partial<AccountSettings> = {}): Account {
    const settings = { name: "test", baseUrl: this.sandbox.url, ...this.#options.account, ...own };
    return new Account(this.#provider, settings, this.sandbox.credentials);
  }

  newOutbox(): Outbox {
    const { store, sender = (own) => own, onUnknown = "hold", ...options } = this.#options;
    return new Outbox(sqliteStore(this.file, store), {
      onUnknown,
      ...options,
      sender: async () => sender(accountSender(this.account)),
      onTrouble: (error) => this.troubles.push(error),
    });
  }

  /** Takes the results of a node. */
  listen(node = "node"): () => void {
    return this.outbox.subscribe(node, (settled) => {
      this.settled.push(settled);
      this.#events.emit("settled");
    });
  }

  put(own: Partial<Outgoing> & { to?: unknown; text?: string } = {}) {
    const { to = "+56990000077", text = "an alarm", ...outgoing } = own;
    const drafts = smsDrafts(to, text, "CL");
    return this.outbox.put({
      node: "node",
      target: "account",
      provider: this.#provider.name,
      account: "test",
      channel: "sms",
      drafts,
      total: drafts.length,
      options: {},
      properties: {},
      ...outgoing,
    });
  }

  /** The result with this number, once that many have come. */
  async result(count = 1): Promise<Settled> {
    while (this.settled.length < count) await new Promise((resolve) => this.#events.once("settled", resolve));
    const settled = this.settled[count - 1];
    if (!settled) throw new Error("There is no such result.");
    return settled;
  }

  /** As a deploy: closes the outbox and opens another on the same file. */
  async restart(): Promise<void> {
    await this.outbox.close();
    this.outbox = this.newOutbox();
    await this.outbox.open();
  }

  async end(): Promise<void> {
    await Promise.all([this.outbox.close(), this.account.close()]);
    await this.sandbox.close();
    await this.#removeFolder();
  }
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error("It did not come true in time.");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
