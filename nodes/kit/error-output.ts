import type { MessagingError } from "../../src/error.ts";
import type { Arrival } from "./arrival.ts";
import type { MessageNodeDefinition } from "./definition.ts";
import { plain, type Place } from "./fields.ts";

/** Ends a failed message: out of the error output where the author asked for one, else to Catch nodes and the log, which done() sees to. */
export function endWithError(
  error: MessagingError,
  { node, config }: Place,
  { errorOutput, outputs }: Pick<MessageNodeDefinition, "errorOutput" | "outputs">,
  { message, send, done }: Arrival,
): void {
  const asked = plain(config, "errorOutput", { kind: "boolean", value: false });
  if (!errorOutput || !asked) return done(error);
  const { id, type, name } = node;
  const { code, cause } = error;
  const described = { message: error.message, code, cause, source: { id, type, ...(name ? { name } : {}) } };
  try {
    send([...outputs.map(() => null), Object.assign(message, { error: described })]);
  } catch {
    // A message that takes no property: its failure must not be lost.
    return done(error);
  }
  done();
}
