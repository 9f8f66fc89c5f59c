import type { Node, NodeAPI, NodeDef } from "node-red";
import { MessagingError } from "../../src/error.ts";
import type { Provider } from "../../src/provider.ts";
import type { Account } from "../../src/sending/account.ts";
import { registerAccountRoutes, type LiveAccount } from "./account-routes.ts";
import { accountSettings, visibleProblem } from "./account-settings.ts";
import { credentialTypes, type AccountNodeDefinition } from "./definition.ts";
import type { Config } from "./fields.ts";
import { reportAddressOf } from "./report-addresses.ts";
import { Words } from "./words.ts";

type Credentials = Record<string, string>;

/** A provider's account in the running flow. */
export interface AccountNode extends Node<Credentials> {
  /** As it is saved; the account checks it. */
  readonly mode: string;
  /** The account, made when it is first asked for. Rejects with MISSING_ACCOUNT or BAD_CREDENTIALS that say what to set. */
  account(): Promise<Account>;
}

/**
 * Registers a config node that holds an account. Provider and sending code are loaded when the first message needs
 * them, so that Node-RED starts without them.
 */
export function registerAccountNode(
  RED: NodeAPI,
  definition: AccountNodeDefinition,
  loadProvider: () => Promise<Provider>,
): void {
  const deployed = new Map<string, LiveAccount>();

  function AccountNodeConstructor(this: AccountNode, config: NodeDef & Config): void {
    RED.nodes.createNode(this, config);
    const { credentials } = this;
    Object.assign(this, { mode: config.mode || "live" });
    const problem = visibleProblem(definition, config, credentials);
    if (problem) new Words(RED, definition.type).warnings(this).warnOf(problem);

    let account: Promise<Account> | undefined;
    let closed = false;

    const open = async (): Promise<Account> => {
      if (problem) throw problem;
      const [{ Account }, provider] = await Promise.all([import("../../src/sending/account.ts"), loadProvider()]);
      const settings = {
        ...accountSettings(definition, config),
        id: this.id,
        reportAddress: () => reportAddressOf(this.id),
      };
      return new Account(provider, settings, credentials);
    };

    this.account = () => {
      if (closed) {
        const failure = { code: "CANCELLED", outcome: "not-sent" } as const;
        const message = "The account is being redeployed. Send the message again.";
        return Promise.reject(new MessagingError(message, failure, { kind: "accountRedeployed" }));
      }
      return (account ??= open());
    };
    const live = { config, credentials, account: () => this.account(), opened: () => account };
    deployed.set(this.id, live);

    this.on("close", (done: () => void) => {
      closed = true;
      if (deployed.get(this.id) === live) deployed.delete(this.id);
      const closing = account?.then((open) => open.close()) ?? Promise.resolve();
      closing.then(done, done);
    });
  }

  RED.nodes.registerType(definition.type, AccountNodeConstructor, {
    credentials: credentialTypes(definition.credentials),
  });
  registerAccountRoutes({ RED, definition, loadProvider, find: (id) => deployed.get(id) });
}
