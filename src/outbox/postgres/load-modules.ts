import { MessagingError } from "../../error.ts";
import { codeOf } from "./errors.ts";

export interface Modules {
  readonly pg: typeof import("pg");
  readonly boss: typeof import("pg-boss");
}

/** Loads pg-boss and the driver that comes with it: not part of this package's dependencies, as few need them. */
export async function loadModules(): Promise<Modules> {
  try {
    const [pg, boss] = await Promise.all([import("pg"), import("pg-boss")]);
    return { pg, boss };
  } catch (thrown) {
    throw unusable(codeOf(thrown));
  }
}

function unusable(code: string): MessagingError {
  const message = code.endsWith("MODULE_NOT_FOUND")
    ? "An outbox on PostgreSQL needs two more packages. In Node-RED's user directory (where its package.json is) run " +
      "`npm install pg-boss@12 pg@8`, then restart Node-RED."
    : `pg-boss cannot be loaded${code && ` (${code})`}. An outbox on PostgreSQL needs Node.js 22.13 or later, and pg-boss 12.`;
  return new MessagingError(message, { code: "NOT_SUPPORTED", outcome: "not-sent", retryable: false });
}
