import type { HttpRequest } from "../http-request.ts";
import type { Channel, RecipientResult } from "../result.ts";

/** A request that sends, as it begins. */
export interface Requested {
  /** Names of who it goes through. */
  readonly provider: string;
  readonly account: string;
  readonly channel?: Channel;
  /** Numbers or addresses, as far as they are known. */
  readonly recipients?: readonly string[];
  /** The id that we give to the send. */
  readonly reference?: string;
}

/** Recipients of whom is known what became. */
export interface Taken {
  /** Names of who they went through. */
  readonly provider: string;
  readonly account: string;
  readonly channel: Channel;
  readonly recipients: readonly RecipientResult[];
  /** The id that we gave to the send. */
  readonly reference?: string;
}

/** An account as those know it who share its limits with other processes. */
export interface PacedAccount {
  /** The same in each of them. */
  readonly id: string;
  /** Requests at a time, and begun in a second (0: no limit). */
  readonly limits: { readonly concurrency: number; readonly ratePerSecond: number };
}

/** How one piece of work wants to be treated. */
export interface CallOptions {
  /** Ends waiting, for a turn or for another try. What is on its way is left to finish, so that its outcome is known. */
  readonly signal?: AbortSignal;
  /** Goes before all that waits. */
  readonly priority?: "high";
  readonly onState?: (state: "waiting" | "sending") => void;
  /** Told of each request that sends, when it begins; what is returned is called when `onTaken` has told what there is to tell. */
  readonly onRequest?: (requested: Requested) => (() => void) | undefined;
  /** Told of recipients as soon as the reply about them is there, while others of the same send may still wait. */
  readonly onTaken?: (taken: Taken) => void;
  /**
   * Milliseconds within which another try may begin. Waiting for a turn is not counted, waiting for a login is. All ends an eighth later at the latest. 30 s when absent, so that a direct send lasts less than 35 s.
   */
  readonly budgetMs?: number;
  /**
   * As `budgetMs`, where there is another way to send: what was not written in this time, and an eighth, is given up as not
   * sent, while the answer to what was is awaited as long as the budget lasts. All of the budget when absent.
   */
  readonly startMs?: number;
  /** Requests of one kind at most, the first included; 3 when absent. */
  readonly attempts?: number;
  /**
   * Called when it is a request's turn, before its first byte; for each request that the work makes, with the account that it
   * goes through. When it rejects, the request is not made and ends with that error; what it resolves with is called when the
   * request has ended.
   */
  readonly onTurn?: (account: PacedAccount) => Promise<(() => void) | undefined>;
}

/** Asks whether it is the request's turn; where it is not, `forgo` is called. */
export async function takeTurn(onTurn: NonNullable<CallOptions["onTurn"]>, account: PacedAccount, forgo: () => void) {
  try {
    return await onTurn(account);
  } catch (thrown) {
    forgo();
    throw thrown;
  }
}

/** Tells that a request begins, if it may be a send. */
export function tellOf(
  { method, asks, urgent, reference }: HttpRequest,
  { onRequest }: CallOptions,
  names: Pick<Requested, "provider" | "account">,
): void {
  if (method === "GET" || asks || urgent) return;
  onRequest?.({ ...names, ...(reference !== undefined && { reference }) });
}
