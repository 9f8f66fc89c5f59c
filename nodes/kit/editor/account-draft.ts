import { STORED, type AccountDraft } from "../account-reports.ts";
import type { AccountNodeDefinition } from "../definition.ts";
import { accountFields, type ProviderFacts } from "./fields.ts";
import { viewerLanguage } from "./locale.ts";
import type { EditorNode } from "./red.ts";
import { currentValue } from "./values.ts";

interface AccountType {
  readonly definition: AccountNodeDefinition;
  readonly provider: ProviderFacts;
}

const types = new Map<string, AccountType>();

/** Makes a type of accounts known to the forms that use one. */
export function knowAccount(type: AccountType): void {
  types.set(type.definition.type, type);
}

/** An account as the editor has it now: as its open form shows it, else as it was edited last, deployed or not. */
export function draftOf(node: EditorNode): AccountDraft {
  const type = types.get(node.type);
  const fields = type ? Object.entries(accountFields(type.definition, type.provider)) : [];
  const plain = fields.filter(([, { kind }]) => kind !== "credential").map(([name]) => name);
  const secret = fields.filter(([, { kind }]) => kind === "credential").map(([name]) => name);
  // The editor knows the credentials of those accounts only whose form was open since the last deploy.
  const credential = (name: string) => currentValue("node-config-input", node, name) ?? node.credentials?.[name];
  return {
    config: Object.fromEntries(
      ["name", ...plain].map((name) => [name, currentValue("node-config-input", node, name) ?? ""]),
    ),
    credentials: Object.fromEntries(secret.map((name) => [name, credential(name) ?? STORED])),
  };
}

/** Asks the runtime about an account as it is in the editor. Rejects with jQuery's request. */
export async function askAccount<Report>(node: EditorNode, below: string): Promise<Report> {
  const request = $.ajax({
    url: `messaging/${node.type}/${encodeURIComponent(node.id)}/${below}?${$.param({ lang: viewerLanguage() })}`,
    method: "POST",
    contentType: "application/json",
    data: JSON.stringify(draftOf(node)),
  });
  return (await request) as Report;
}
