import { strict as assert } from "node:assert";
import { MessagingError } from "../../src/error.ts";

/** The MessagingError with which the promise must reject. */
export async function failure(promise: Promise<unknown>): Promise<MessagingError> {
  const error: unknown = await promise.then(
    (value) => assert.fail(`it succeeded: ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof MessagingError, String(error));
  return error;
}
