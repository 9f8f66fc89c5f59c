import { MAX_FOUND, type SentMessage, type SentQuery } from "../sent.ts";
import type { RowOutcome } from "../job.ts";
import type { Tables } from "./tables.ts";

/** A line of the table `sent` with that of its `letters`. */
interface SentRecord {
  job: number;
  provider: string;
  account: string;
  channel: "sms" | "email";
  provider_id: string | null;
  reference: string | null;
  recipient: string;
  about: string;
}

/** Lines removed in one transaction. */
const MAX_REMOVED = 2000;

/** What was sent, for the reports on it. Each is called within a transaction. */
export class Sent {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  keep(row: number, outcome: RowOutcome | undefined, at: number): void {
    const { provider, account, id } = outcome ?? {};
    this.#tables.run(
      `INSERT INTO sent (row, job, provider, account, provider_id, reference, recipient, at)
       SELECT id, job, ?2, ?3, ?4, reference, recipient, ?5 FROM rows WHERE id = ?1
       ON CONFLICT (row) DO UPDATE SET provider = coalesce(excluded.provider, provider), at = excluded.at,
         account = coalesce(excluded.account, account), provider_id = coalesce(excluded.provider_id, provider_id),
         reference = excluded.reference`,
      ...[row, provider ?? null, account ?? null, id ?? null, at],
    );
  }

  /** To be called for the jobs of what was kept. */
  keepJob(job: number, at: number): void {
    this.#tables.run(
      `INSERT INTO letters (job, provider, account, channel, about, at)
       SELECT id, provider, account, channel, about, ?2 FROM jobs WHERE id = ?1
       ON CONFLICT (job) DO UPDATE SET at = excluded.at`,
      ...[job, at],
    );
  }

  find(query: SentQuery): SentMessage[] {
    const columns = `sent.job, coalesce(sent.provider, letters.provider) AS provider, letters.channel, letters.about,
      coalesce(sent.account, letters.account) AS account, sent.provider_id, sent.reference, sent.recipient`;
    const from = `SELECT ${columns} FROM sent JOIN letters ON letters.job = sent.job`;
    const records =
      "id" in query
        ? this.#tables.all<SentRecord>(
            `${from} WHERE sent.provider_id = ? ORDER BY sent.row DESC LIMIT ${MAX_FOUND}`,
            query.id,
          )
        : this.#tables.all<SentRecord>(
            `${from} WHERE sent.reference = ? ORDER BY sent.recipient IS ? DESC, sent.row DESC LIMIT ${MAX_FOUND}`,
            ...[query.reference, query.to ?? null],
          );
    return records.map(asSent);
  }

  /** Forgets what is older, and the oldest where there are more: true when there is more to forget. */
  forget(before: number, most: number): boolean {
    const { lines = 0 } = this.#tables.get<{ lines: number }>("SELECT count(*) AS lines FROM sent") ?? {};
    const old = this.#tables.run(
      "DELETE FROM sent WHERE row IN (SELECT row FROM sent WHERE at < ? ORDER BY at LIMIT ?)",
      ...[before, MAX_REMOVED],
    );
    const tooMany = Math.min(Math.max(0, lines - old - most), MAX_REMOVED - old);
    this.#tables.run("DELETE FROM sent WHERE row IN (SELECT row FROM sent ORDER BY at LIMIT ?)", tooMany);
    const letters = this.#tables.run(
      `DELETE FROM letters WHERE job IN
         (SELECT job FROM letters WHERE at < coalesce((SELECT min(at) FROM sent), ?) ORDER BY at LIMIT ?)`,
      ...[before, MAX_REMOVED],
    );
    return old + tooMany >= MAX_REMOVED || letters >= MAX_REMOVED;
  }
}

function asSent({ job, provider_id: id, reference, recipient, about, ...record }: SentRecord): SentMessage {
  return {
    ...record,
    job: String(job),
    ...(id !== null && { id }),
    ...(reference !== null && { reference }),
    to: recipient,
    about: JSON.parse(about) as Record<string, unknown>,
  };
}
