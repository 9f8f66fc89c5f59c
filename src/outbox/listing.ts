import type { ListedMessage } from "./contract.ts";
import type { ListedRow } from "./job.ts";

/** A row as a panel shows it. */
export function listedMessage({ row, job }: ListedRow): ListedMessage {
  const { message, outcome } = row;
  const text = message && ("text" in message ? message.text : message.subject);
  return {
    id: row.id,
    state: row.state,
    channel: job.channel,
    to: row.to,
    text: text ?? "",
    target: job.target,
    provider: job.provider,
    account: job.account,
    attempts: row.attempts,
    possibleDuplicate: row.possibleDuplicate,
    createdAt: new Date(row.createdAt).toISOString(),
    updatedAt: new Date(row.updatedAt).toISOString(),
    ...(outcome?.error && { error: { code: outcome.error.code, message: outcome.error.message } }),
  };
}
