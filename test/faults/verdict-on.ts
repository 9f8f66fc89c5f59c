import type { Call } from "./calls.ts";
import type { Fault } from "./table.ts";
import { NOT_KNOWN, REFUSED } from "./verdicts.ts";
import type { Verdict } from "./verdicts.ts";

/** The verdict on a call: the fault's, but where a login stands before the message. */
export function verdictOn(fault: Fault, { provider, fixture, struck }: Call): Verdict {
  const verdict = fault.at?.[provider.name] ?? fault.verdict;
  if (fixture.options?.auth !== "login") return verdict;
  if (struck.request.path === "/login") return onLogin(verdict);
  // A token is looked at before the message: refused fresh from its login, it is no use, and nothing was sent.
  return verdict === NOT_KNOWN ? { ...verdict, outcome: "not-sent" } : verdict;
}

/** A login sends no message: whatever becomes of it, the message has not left. */
function onLogin(verdict: Verdict): Verdict {
  const { code, retryable } = verdict;
  return {
    // What a login refuses is what it was given.
    code: verdict === REFUSED ? "BAD_CREDENTIALS" : code,
    outcome: "not-sent",
    retryable: retryable === "readings" ? "always" : retryable,
  };
}
