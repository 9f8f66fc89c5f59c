import type { ErrorCode } from "../../src/error.ts";
import type { ListEntry, SignIn } from "../../src/provider.ts";
import type { Probe } from "../../src/sending/probe.ts";

/**
 * An account as a form has it, deployed or not: what the editor sends. A credential that the editor was never told of is
 * `STORED`: it is the one that Node-RED keeps.
 */
export interface AccountDraft {
  readonly config: Readonly<Record<string, unknown>>;
  readonly credentials: Readonly<Record<string, unknown>>;
}

/** What Node-RED's editor puts in place of a stored password. */
export const STORED = "__PWRD__";

type Mode = "live" | "sandbox" | "off";

/** Why something did not work. */
export interface FailureReport {
  readonly code: ErrorCode;
  readonly reason?: string;
  readonly httpStatus?: number;
  /** In English, with nothing secret in it. */
  readonly message: string;
  /** The same in the viewer's language, where that is another one that it can be said in. */
  readonly said?: string;
}

/** What a test of an account came to. */
export interface TestReport extends Probe {
  readonly mode: Mode;
  /** Who was asked; not told of the sandbox. */
  readonly host?: string;
  readonly signIn?: SignIn;
  readonly error?: FailureReport;
}

/** A list of the provider's, or why it cannot be had. */
export interface ListReport {
  readonly mode: Mode;
  readonly host?: string;
  readonly entries?: readonly ListEntry[];
  readonly error?: FailureReport;
}

/** How a deployed account has fared since its deploy; empty for one that is not deployed. Times are epoch milliseconds. */
export interface StateReport {
  readonly mode?: Mode;
  readonly signIn?: SignIn;
  readonly lastSuccessAt?: number;
  readonly lastError?: { readonly at: number; readonly code: ErrorCode; readonly message: string };
  /** Why it cannot be used at all. */
  readonly problem?: FailureReport;
}
