import type { Node } from "node-red";
import type { ErrorCode, MessagingError } from "../../src/error.ts";
import type { MessageStatus, RecipientResult, SendResult, Status, StatusResult } from "../../src/result.ts";
import type { Account } from "../../src/sending/account.ts";
import { reports } from "../../src/webhook/reports.ts";

/** Results that are remembered; the oldest are forgotten beyond it. */
const MAX_RESULTS = 100;

/** How a send ended, or how far it is known to be; `uncertain`: nobody knows whether the provider took it. */
type ResultState = Exclude<RecipientResult["status"] | Status, "unknown"> | "off" | "several" | "error" | "uncertain";

/** What became of one message that came to a send node. Of its content nothing but, in `to`, its only recipient. */
export interface LastResult {
  readonly node: string;
  readonly type: string;
  /** The node's name; empty where it has none. */
  readonly name: string;
  /** Empty where the message failed before an account was found. */
  readonly provider: string;
  readonly account: string;
  /** Absent where it is not known, as of an account that was removed meanwhile. */
  readonly mode?: Account["mode"];
  /** Epoch milliseconds. */
  readonly at: number;
  state: ResultState;
  /** Of the state `error`, and of `uncertain` where a failure left the doubt. */
  readonly code?: ErrorCode;
  /** As it was given to the node or found in the result; absent where there are several. */
  readonly to?: unknown;
  /** Of the state `several`. */
  readonly accepted?: number;
  readonly refused?: number;
  readonly uncertain?: number;
  /** The provider's id of the only recipient's message. */
  readonly id?: string;
}

type Sender = Pick<Node, "id" | "type" | "name">;
export type Way = Pick<LastResult, "provider" | "account" | "mode">;
type Heard = Pick<StatusResult, "provider"> & Pick<MessageStatus, "id" | "status">;

/** The states of the last sends, of all nodes; what reports and checks tell of them later is taken in. In memory only. */
class LastResults {
  #results: LastResult[] = [];
  #listens = false;

  sent(sender: Sender, { off, accepted, rejected, failed, messages }: SendResult, way: Way): void {
    const [only, ...others] = messages;
    if (off) return this.#add(sender, way, { state: "off", ...(others.length === 0 && { to: only?.to }) });
    if (!only || others.length > 0) {
      const uncertain = messages.filter(({ status }) => status === "unknown").length;
      return this.#add(sender, way, { state: "several", accepted, refused: rejected + failed - uncertain, uncertain });
    }
    const { to, status, id, error } = only;
    const isUncertain = status === "unknown";
    this.#add(sender, way, {
      state: isUncertain ? "uncertain" : status,
      ...(isUncertain && error && { code: error.code }),
      to,
      ...(id !== undefined && { id }),
    });
  }

  /** `to`: what the node was to send to. */
  failed(sender: Sender, { code, cause }: Pick<MessagingError, "code" | "cause">, way: Way, to: unknown): void {
    const isOne = (typeof to === "string" && !to.includes(",")) || typeof to === "number";
    const state = cause.outcome === "unknown" ? "uncertain" : "error";
    this.#add(sender, way, { state, code, ...(isOne && { to }) });
  }

  heard({ provider, id, status }: Heard): void {
    const result = this.#results.find((one) => one.provider === provider && one.id === id);
    if (result && status !== "unknown") result.state = status;
  }

  /** Oldest first. */
  all(): readonly LastResult[] {
    return [...this.#results];
  }

  clear(): void {
    this.#results = [];
  }

  #add({ id, type, name = "" }: Sender, way: Way, found: Pick<LastResult, "state"> & Partial<LastResult>): void {
    if (!this.#listens) reports.listen((report) => this.heard(report));
    this.#listens = true;
    // The id of the message comes from what was found, that of the node from the node.
    this.#results.push({ node: id, type, name, ...way, at: Date.now(), ...found });
    if (this.#results.length > MAX_RESULTS) this.#results.shift();
  }
}

/** Those of this process. */
export const lastResults = new LastResults();
