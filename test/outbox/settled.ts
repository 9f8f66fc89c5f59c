import { strict as assert } from "node:assert";
import type { MessagingError } from "../../src/error.ts";
import type { Settled } from "../../src/outbox/outbox.ts";

export function resultOf({ outcome }: Settled) {
  if ("error" in outcome) throw outcome.error;
  return outcome.result;
}

export function errorOf({ outcome }: Settled): MessagingError {
  return "error" in outcome ? outcome.error : assert.fail("It is a result.");
}
