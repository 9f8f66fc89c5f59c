import { strict as assert } from "node:assert";
import { join } from "node:path";
import { StatementSync } from "node:sqlite";
import { Database } from "../../src/outbox/sqlite/database.ts";
import type { Method } from "../../src/outbox/sqlite/methods.ts";
import { folder } from "./sqlite.ts";
import { newJob, newRows } from "./store-desk.ts";

const MAX_MESSAGES = 50;

/** How often all that waits was counted while something was done. */
function countings(work: () => void): number {
  const original = Object.getOwnPropertyDescriptor(StatementSync.prototype, "get") ?? {};
  const get = original.value as (...values: unknown[]) => unknown;
  let counted = 0;
  const value = function (this: StatementSync, ...values: unknown[]): unknown {
    if (this.sourceSQL.includes("count(*)")) counted += 1;
    return Reflect.apply(get, this, values);
  };
  Object.defineProperty(StatementSync.prototype, "get", { ...original, value });
  try {
    work();
  } finally {
    Object.defineProperty(StatementSync.prototype, "get", original);
  }
  return counted;
}

describe("a full store on SQLite", () => {
  let place: Awaited<ReturnType<typeof folder>>;
  let database: Database;
  let refused: unknown[];

  beforeEach(async () => {
    place = await folder();
    refused = [];
    const bounds = { maxMessages: MAX_MESSAGES, dedupeWindowMs: 1000, maxBytes: 2 ** 30 };
    database = new Database({ path: join(place.path, "outbox.sqlite"), ...bounds }, () => undefined);
  });
  afterEach(async () => {
    database.close();
    await place.remove();
  });

  function call(method: Method, ...parameters: unknown[]) {
    const answers: unknown[] = [];
    const one = { method, parameters, resolve: (answer: unknown) => void answers.push(answer) };
    return { ...one, reject: (error: unknown) => void refused.push(error), answers };
  }

  it("refuses without counting all that waits again, as a flow may go on pouring", () => {
    database.carryOut(Array.from({ length: MAX_MESSAGES }, () => call("put", newJob(), newRows())));
    const counted = countings(() => {
      for (let burst = 0; burst < 10; burst++) {
        database.carryOut(Array.from({ length: 10 }, () => call("put", newJob(), newRows())));
      }
    });
    assert.equal(refused.length, 100);
    assert.equal(counted, 0);
  });

  it("has exactly as much room after refusals and lost claims as before", () => {
    const put = call("put", newJob({ total: MAX_MESSAGES - 1 }), newRows(MAX_MESSAGES - 1));
    const tooMuch = call("put", newJob({ total: 2 }), newRows(2));
    const lost = call("claim", { rows: ["1"], claim: "c", at: 0 });
    const last = call("put", newJob(), newRows());
    database.carryOut([put, tooMuch, lost, last, call("put", newJob(), newRows())]);
    assert.deepEqual([put.answers.length, lost.answers, last.answers.length, refused.length], [1, ["lost"], 1, 2]);
    database.carryOut([call("put", newJob(), newRows())]);
    assert.equal(refused.length, 3);
  });
});
