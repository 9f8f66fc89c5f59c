import { strict as assert } from "node:assert";
import { MessagingError } from "../../src/error.ts";
import { PASSWORD } from "./postgres-server.ts";

export async function refusal(work: Promise<unknown>): Promise<MessagingError> {
  const error = await work.then(
    () => assert.fail("it was not refused"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof MessagingError);
  return error;
}

/** Neither the string nor any part of it. */
export function assertSilent(error: Error, ...more: string[]): void {
  const told = `${error.message} ${error.stack} ${JSON.stringify(error)} ${JSON.stringify(error.cause)}`;
  for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), "owner", "127.0.0.1", ...more]) {
    assert.ok(!told.includes(secret), `it tells ${secret}`);
  }
}
