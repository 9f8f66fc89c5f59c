import type { Node } from "node-red";
import type { MessagingError } from "../../src/error.ts";
import { isRecord } from "../../src/json.ts";
import type { SendResult, StatusResult } from "../../src/result.ts";
import type { Account } from "../../src/sending/account.ts";
import { lastResults, type Way } from "./last-results.ts";

/** Follows one message through a node, so that its end is shown among the last results. */
export class Trace {
  readonly #node: Node;
  readonly #sends: boolean;
  #accounts: readonly Account[] = [];
  #to: unknown;

  constructor(node: Node, sends: boolean) {
    this.#node = node;
    this.#sends = sends;
  }

  /** Tells which accounts it may go through, and the node's fields, of which the recipient counts. */
  follow(accounts: readonly Account[], fields: Readonly<Record<string, unknown>>): void {
    this.#accounts = accounts;
    this.#to = fields.to;
  }

  ended(payload: unknown): void {
    if (this.#sends && isSendResult(payload)) lastResults.sent(this.#node, payload, this.#way(payload));
    if (!isStatusResult(payload)) return;
    for (const message of payload.messages ?? [payload]) lastResults.heard({ ...message, provider: payload.provider });
  }

  failed(error: MessagingError): void {
    if (this.#sends) lastResults.failed(this.#node, error, this.#way(error.cause), this.#to);
  }

  /** Who a result or an error names; the mode is known of the accounts that the message could go through. */
  #way({ provider, account }: { provider?: string; account?: string }): Way {
    const isUsed = (one: Account) => one.name === account && one.provider.name === provider;
    const used = this.#accounts.find(isUsed) ?? this.#accounts[0];
    return {
      provider: provider ?? used?.provider.name ?? "",
      account: account ?? used?.name ?? "",
      ...(used && { mode: used.mode }),
    };
  }
}

function isSendResult(payload: unknown): payload is SendResult {
  return isRecord(payload) && Array.isArray(payload.messages) && typeof payload.accepted === "number";
}

function isStatusResult(payload: unknown): payload is StatusResult {
  return isRecord(payload) && typeof payload.providerStatus === "string" && typeof payload.final === "boolean";
}
