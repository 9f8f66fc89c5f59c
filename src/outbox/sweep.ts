import type { OutboxContext } from "./context.ts";
import { doubt, expire } from "./moves.ts";
import { interrupted, outcomeOf } from "./outcome.ts";
import type { Row } from "./job.ts";
import type { Move } from "./store.ts";

const PAGE = 500;

/** Ends what has waited too long. */
export async function sweepExpired(context: OutboxContext): Promise<void> {
  await sweep(() => context.store.overdue(Date.now(), PAGE), expire, context);
}

/** What was being sent by a process that is gone may have been taken. */
export async function sweepOrphans(context: OutboxContext): Promise<void> {
  const { onUnknown, checkAfterMs } = context;
  const outcome = outcomeOf(interrupted(), 1);
  const [firstCheck] = checkAfterMs;
  await sweep(() => context.store.orphans(PAGE), next, context);

  function next(row: Row): Move {
    const checkAfter = row.reference !== undefined && firstCheck !== undefined ? { checkAfterMs: firstCheck } : {};
    const now = Date.now();
    return doubt(row, outcome, { onUnknown, ...checkAfter, isRepeat: () => false, now, random: Math.random });
  }
}

async function sweep(find: () => Promise<Row[]>, next: (row: Row) => Move, context: OutboxContext): Promise<void> {
  for (let rows = await find(); rows.length > 0 && !context.closing.aborted; rows = await find()) {
    const made = await context.store.move(rows.map(next), Date.now());
    context.settled();
    // Others were faster with all of them: they will go on.
    if (!made.includes(true)) return;
  }
}
