import { asId, asNumber, asRecords, isRecord } from "../../json.ts";
import type { ListEntry, Session } from "../../provider.ts";
import { ask } from "./request.ts";

/** The most that a page holds [pub]. */
const PER_PAGE = 100;

/** A pick list longer than 5,000 entries is none; and a server that always names one more page must come to an end. */
const MAX_PAGES = 50;

type Fields = Readonly<Record<string, unknown>>;

/** The API configurations: their name is what a send refers to, so it is their id here; shown beside it is the sender. */
export async function listConfigurations(session: Session): Promise<ListEntry[]> {
  const configurations = await all(session, "api_configurations");
  return configurations.flatMap(({ name, sender_name: sender }) => {
    const id = asId(name);
    const shown = asId(sender);
    return id === undefined ? [] : [{ id, name: shown === undefined ? id : `${id} (${shown})` }];
  });
}

/** The groups of the address book. */
export async function listGroups(session: Session): Promise<ListEntry[]> {
  const groups = await all(session, "agendas");
  return groups.flatMap(({ id: given, name }) => {
    const id = asId(given);
    return id === undefined ? [] : [{ id, name: asId(name) ?? id }];
  });
}

async function all(session: Session, operation: string): Promise<Fields[]> {
  const entries: Fields[] = [];
  for (let page = 1; page <= MAX_PAGES; page++) {
    const { data, raw } = await ask(session, operation, { page, per_page: PER_PAGE });
    const rows = asRecords(data);
    entries.push(...rows);
    if (rows.length === 0 || page >= pagesOf(raw)) break;
  }
  return entries;
}

/** `meta.pagination.total_pages`; a list without it is whole. */
function pagesOf(raw: unknown): number {
  const meta = isRecord(raw) && isRecord(raw.meta) ? raw.meta : {};
  const { total_pages: pages } = isRecord(meta.pagination) ? meta.pagination : {};
  return asNumber(pages) ?? 1;
}
