import type { NodeAPI } from "node-red";
import { registerWebhook } from "../../src/sandbox/webhooks.ts";
import type { Config } from "../kit/fields.ts";
import { chosenAccount, chosenProvider } from "../kit/find-account.ts";
import type { NodeLife } from "../kit/node-life.ts";
import { receiveReports } from "../kit/report-addresses.ts";
import { ownAddress } from "./own-address.ts";

interface Addressee {
  readonly RED: NodeAPI;
  readonly config: Config;
  readonly life: NodeLife;
  /** How the internet reaches this Node-RED. */
  readonly publicUrl: string | undefined;
  readonly secret: string | undefined;
  /** The webhook's URL for those who reach Node-RED at `base`; undefined where it does not listen. */
  readonly urlAt: (base: string) => string | undefined;
}

/**
 * Tells a webhook's URL to those whom no person has to tell: the account's sandbox, and, with each send, a provider that takes
 * it there. Returns what ends that.
 */
export function tellAddress({ RED, config, life, publicUrl, secret, urlAt }: Addressee): () => void {
  const account = chosenAccount(RED, config);
  const isSandbox = account?.mode === "sandbox";
  const sandboxUrl = () => {
    const base = isSandbox ? ownAddress(RED) : undefined;
    return base === undefined ? undefined : urlAt(base);
  };
  const reportUrl = () => (isSandbox ? sandboxUrl() : publicUrl && urlAt(publicUrl));
  const ends = [
    registerWebhook(chosenProvider(RED, config), {
      url: sandboxUrl,
      refused: (status) => {
        if (!life.closing.aborted) life.warnOnce(status === 0 ? "callbacksUnanswered" : "callbacksRefused", { status });
      },
    }),
  ];
  if (account && secret !== undefined) {
    const ask = () => {
      const url = reportUrl();
      return url ? { url, secret } : undefined;
    };
    ends.push(receiveReports(account.id, ask));
  }
  return () => {
    for (const end of ends) end();
  };
}
