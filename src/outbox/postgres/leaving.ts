import { within } from "../../within.ts";
import type { Opened } from "./open-database.ts";
import { letGoOfReports, orphan } from "./pulse.ts";
import { abandonJobs } from "./unfinished.ts";

/** The outbox gives its store 1.5 s to close. */
const LET_GO_MS = 1000;
const STOP_MS = 400;

/** Leaves what this process has in hand to the others, and ends its connections. `atRest`: no beat is under way. Never rejects. */
export async function leave(opened: Opened, schema: string, atRest: Promise<unknown> | undefined): Promise<void> {
  await within(LET_GO_MS, letGo(opened, schema, atRest));
  await within(STOP_MS, stop(opened));
}

/** What this process has in hand is for the others, now and not after they have found us gone. */
async function letGo({ database, leases }: Opened, schema: string, atRest?: Promise<unknown>): Promise<void> {
  await atRest;
  await database.transaction(async (query) => {
    await orphan(query, schema, leases.claims);
    await abandonJobs(query, schema, leases.jobs);
    await letGoOfReports(query, schema, [leases.owner]);
    await leases.release(query);
  }, LET_GO_MS);
}

async function stop({ boss, database, stopListening }: Opened): Promise<void> {
  await Promise.allSettled([stopListening(), boss.stop({ graceful: false }), database.close()]);
}
