import type { ErrorCode, Outcome, Phrase } from "../../error.ts";
import { MessagingError } from "../../error.ts";
import { StoreAway } from "../store-away.ts";

/*
 * PostgreSQL's and the driver's own words can hold the host, the user, or a value of a row: they are never repeated. The
 * code is enough to look up (SQLSTATE, PostgreSQL's manual, appendix A; or the system's, such as ECONNREFUSED).
 */

const SYSTEM = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET|EADDRNOTAVAIL)/;

/** 08: connection; 57P01 to 57P03: shut down or starting; 53300: too many connections; 25006: a standby by now. */
const SERVER = /^(08...|57P0[123]|53300|25006)$/;

/** What the driver throws without a code. */
const DRIVER =
  /connection terminated|connection error|timeout exceeded when trying to connect|query read timeout|not queryable|LISTEN\/NOTIFY/i;

/** Deadlock, serialization, lock not available in time: the same transaction can succeed the next time. */
const PASSING = /^(40P01|40001|55P03)$/;

/** The driver's words, as it gives no code. */
const NO_TLS = /does not support SSL|SSL negotiation/i;

export function codeOf(thrown: unknown): string {
  const code = typeof thrown === "object" && thrown !== null && "code" in thrown ? thrown.code : undefined;
  if (typeof code === "string") return code;
  return thrown instanceof Error && NO_TLS.test(thrown.message) ? "NO_TLS" : "";
}

/** Whether the connection is what failed: a new one may do. */
export function isDisconnection(thrown: unknown): boolean {
  const code = codeOf(thrown);
  if (code !== "") return SYSTEM.test(code) || SERVER.test(code);
  return thrown instanceof Error && DRIVER.test(thrown.message);
}

export function isPassing(thrown: unknown): boolean {
  return PASSING.test(codeOf(thrown));
}

const KEPT = "What is stored there stays.";

/** What the code matches, the error's own code, its message, and its kind in other languages. */
type Known = readonly [RegExp, ErrorCode, string, string?];

/** Why nobody is let in, or nothing is there. */
const AWAY: readonly Known[] = [
  [
    /^28/,
    "BAD_CREDENTIALS",
    "PostgreSQL refused the user or the password of the outbox's connection string. Correct them.",
    "postgresRefused",
  ],
  [
    /^3D000$/,
    "BAD_CREDENTIALS",
    "The database that the outbox's connection string names does not exist. Create it.",
    "postgresNoDatabase",
  ],
  [
    /^(ENOTFOUND|EAI_)/,
    "UNREACHABLE",
    `The host in the outbox's connection string is not known to the network. ${KEPT} Check its name.`,
    "postgresNoHost",
  ],
  [
    /^53300$/,
    "UNREACHABLE",
    `The outbox's PostgreSQL has no connection left. ${KEPT} Each Node-RED uses up to 8: raise its \`max_connections\`.`,
    "postgresFull",
  ],
  [
    /CERT|SSL|TLS|UNABLE_TO_VERIFY/,
    "UNREACHABLE",
    "The TLS connection to the outbox's PostgreSQL failed. Check its certificate and `sslmode` in the connection string.",
    "postgresTls",
  ],
];

const KNOWN: readonly Known[] = [
  [
    /^42501$/,
    "BAD_CREDENTIALS",
    "The user of the outbox's connection string lacks rights in the database. Let it create schemas there " +
      "(GRANT CREATE ON DATABASE … TO …), or make the outbox's two schemas belong to it.",
    "postgresRights",
  ],
  [
    /^(53100|53200|54)/,
    "QUEUE_FULL",
    `The outbox's PostgreSQL has no room left: this was not stored. ${KEPT}`,
    "postgresNoRoom",
  ],
];

/** Any failure of the database in words for the flow's author, with nothing of the connection string in them. */
export function databaseError(thrown: unknown, outcome: Outcome = "not-sent"): MessagingError {
  if (thrown instanceof MessagingError) return thrown;
  const code = codeOf(thrown);
  const shown = code === "" ? "" : ` (${code})`;
  const away = find(AWAY, code);
  if (away) return new StoreAway(away[2] + shown, { code: away[1], outcome }, phraseOf(away[3], shown));
  const known = find(KNOWN, code);
  if (known) return new MessagingError(known[2] + shown, { code: known[1], outcome }, phraseOf(known[3], shown));
  if (isDisconnection(thrown)) {
    const message =
      `The outbox's PostgreSQL cannot be reached${shown}. ${KEPT} It is tried again all the time. ` +
      "Check that it runs, and host and port in the connection string.";
    return new StoreAway(message, { code: "UNREACHABLE", outcome }, phraseOf("postgresAway", shown));
  }
  return new MessagingError(`The outbox's PostgreSQL could not do what was asked of it${shown}.`, {
    code: "PROVIDER_ERROR",
    outcome,
  });
}

function phraseOf(kind: string | undefined, code: string): Phrase | undefined {
  return kind === undefined ? undefined : { kind, values: { code } };
}

function find(known: readonly Known[], code: string): Known | undefined {
  return known.find(([pattern]) => pattern.test(code));
}

/** The server went away while it committed, and did not come back in time to say whether it had. */
export function commitInDoubt(): MessagingError {
  const message =
    "The outbox's PostgreSQL was lost at the moment of storing, and nobody can say yet whether this is stored. " +
    "Look at the outbox's list before sending it again.";
  return new MessagingError(message, { code: "UNREACHABLE", outcome: "unknown" });
}

export function storeClosed(): MessagingError {
  return new MessagingError("The outbox was closed or deployed anew.", { code: "CANCELLED", outcome: "not-sent" });
}
