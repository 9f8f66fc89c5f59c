import { strict as assert } from "node:assert";
import { PASSWORD } from "./postgres-server.ts";

/** Neither the string nor any part of it. */
export function assertSilent(error: Error, ...more: string[]): void {
  const told = `${error.message} ${error.stack} ${JSON.stringify(error)} ${JSON.stringify(error.cause)}`;
  for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), "owner", "127.0.0.1", ...more]) {
    assert.ok(!told.includes(secret), `it tells ${secret}`);
  }
}
