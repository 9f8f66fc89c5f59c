import { asId, asNumber, asRecords } from "../../json.ts";
import type { ListEntry, Session } from "../../provider.ts";
import { without } from "./inserted.ts";
import { ask } from "./request.ts";

/** The account's credit, as the provider writes it: an amount of money whose currency it does not name. */
export async function checkBalance(session: Session): Promise<{ balance: number; raw: unknown }> {
  const answer = await ask(session, "user");
  const balance = asNumber(answer.fields.credit);
  if (balance === undefined) throw without("credit", answer);
  return { balance, raw: answer.raw };
}

/** The default sender first, then the others that the account may use. */
export async function listSenders(session: Session): Promise<ListEntry[]> {
  const answer = await ask(session, "user");
  const { sender, senderAlias } = answer.fields;
  if (sender === undefined && senderAlias === undefined) throw without("senderAlias", answer);
  const names = [sender, ...(Array.isArray(senderAlias) ? (senderAlias as unknown[]) : [senderAlias])].flatMap(
    (name) => {
      const [record] = asRecords(name);
      return asId(record ? record.alias : name) ?? [];
    },
  );
  return [...new Set(names)].map((name) => ({ id: name, name }));
}

/** The groups of the account's phone book. */
export async function listGroups(session: Session): Promise<ListEntry[]> {
  const answer = await ask(session, "phonebook/group/list");
  if (!Array.isArray(answer.raw)) throw without("list of groups", answer);
  return asRecords(answer.raw).flatMap((group) => {
    const id = asId(group.id);
    return id === undefined ? [] : [{ id, name: asId(group.name) ?? id }];
  });
}
