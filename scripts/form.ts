import { accountFields, configFields, messageFields, type FormFields } from "../nodes/kit/editor/fields.ts";
import {
  FROM_MESSAGE,
  offersRoute,
  ROUTE,
  usesOutbox,
  type CredentialField,
  type Field,
} from "../nodes/kit/definition.ts";
import { LABEL_WIDTH } from "../nodes/kit/editor/widths.ts";
import { lookUp, type Catalogue } from "./catalogue.ts";
import type { NodeEntry } from "./node-set.ts";

/** Inline, because Node-RED's own widgets read their width there. */
const WIDE = `style="width:calc(100% - ${LABEL_WIDTH}px)"`;
const NARROW = `style="width:100px"`;

/**
 * The HTML of a node's edit form. All words are `data-i18n` keys; hints and placeholders are there where the catalogue
 * has them. What is rarely needed is folded under "More".
 */
export function formHtml(node: NodeEntry, catalogue: Catalogue): string {
  if (node.kind === "message") return messageForm(node, catalogue);
  return node.kind === "account" ? accountForm(node, catalogue) : configForm(node, catalogue);
}

function messageForm(node: NodeEntry & { kind: "message" }, catalogue: Catalogue): string {
  const form = { prefix: "node-input", catalogue };
  const fields = messageFields(node.definition);
  const ports = node.definition.errorOutput ? [`<input type="hidden" id="node-input-outputs">`] : [];
  return page([
    nameRow(form),
    ...accountRows(form, node),
    ...outboxRow(form, node),
    ...fieldRows(form, fields),
    ...ports,
  ]);
}

function accountForm(node: NodeEntry & { kind: "account" }, catalogue: Catalogue): string {
  const form = { prefix: "node-config-input", catalogue, placeholders: { baseUrl: node.provider.baseUrl } };
  return page([nameRow(form), ...fieldRows(form, accountFields(node.definition, node.provider))]);
}

function configForm({ definition }: NodeEntry & { kind: "config" }, catalogue: Catalogue): string {
  const form = { prefix: "node-config-input", catalogue };
  const lists = (definition.lists ?? []).map((name) => listRow(form, name));
  return page([nameRow(form), ...lists, ...fieldRows(form, configFields(definition))]);
}

function page(rows: string[]): string {
  return [`<div class="messaging-form" aria-busy="true">`, ...rows, `</div>`].join("\n");
}

interface Form {
  /** Node-RED's prefix of the ids that it fills and reads. */
  prefix: string;
  catalogue: Catalogue;
  /** Placeholders that are no words of a language. */
  placeholders?: Readonly<Record<string, string>>;
}

function nameRow(form: Form): string {
  return row(form, "name", `<input type="text" id="${form.prefix}-name" data-i18n="[placeholder]field.name" ${WIDE}>`);
}

/**
 * A choice of provider where there is one (the message may bring its account too, and a route chooses among several), and for
 * each provider its accounts.
 */
function accountRows(form: Form, node: NodeEntry & { kind: "message" }): string[] {
  const accounts = node.providers.map(({ name }) =>
    row(form, name, `<input type="text" id="${form.prefix}-${name}" ${WIDE}>`, "account"),
  );
  const { replies } = node.definition;
  if (accounts.length < 2 && !replies) return accounts;
  const options = node.providers.map(({ name, label }) => `<option value="${name}">${escapeHtml(label)}</option>`);
  const route = offersRoute(node.definition, node.providers)
    ? [row(form, ROUTE, `<input type="text" id="${form.prefix}-${ROUTE}" ${WIDE}>`)]
    : [];
  if (route.length > 0) options.push(`<option value="${ROUTE}" data-i18n="provider.${ROUTE}"></option>`);
  if (replies) options.push(`<option value="${FROM_MESSAGE}" data-i18n="provider.${FROM_MESSAGE}"></option>`);
  return [
    row(form, "provider", `<select id="${form.prefix}-provider" ${WIDE}>${options.join("")}</select>`),
    ...accounts,
    ...route,
  ];
}

/** Of a node that can hand its messages to an outbox. */
function outboxRow(form: Form, { definition }: NodeEntry & { kind: "message" }): string[] {
  if (!usesOutbox(definition)) return [];
  return [row(form, "outbox", `<input type="text" id="${form.prefix}-outbox" ${WIDE}>` + hints(form, "outbox"))];
}

function fieldRows(form: Form, fields: FormFields): string[] {
  const all = Object.entries(fields);
  const rowsOf = (folded: boolean) =>
    all.filter(([, field]) => (field.more === true) === folded).map(([name, field]) => fieldRow(form, name, field));
  const folded = rowsOf(true);
  if (folded.length === 0) return rowsOf(false);
  return [...rowsOf(false), `<details>`, `<summary data-i18n="form.more"></summary>`, ...folded, `</details>`];
}

function fieldRow(form: Form, name: string, field: Field | CredentialField): string {
  return row(form, name, control(form, name, field) + hints(form, name));
}

/** `label` is the key of the label where it is not the field's name. */
function row(form: Form, name: string, content: string, label = name): string {
  const id = `${form.prefix}-${name}`;
  return `<div class="form-row" data-field="${name}"><label for="${id}" id="${id}-label" data-i18n="field.${label}"></label>${content}</div>`;
}

/** The list itself is made by the node's editor.ts. */
function listRow(form: Form, name: string): string {
  const id = `${form.prefix}-${name}-label`;
  const label = `<label id="${id}" data-i18n="field.${name}"></label>`;
  return `<div class="form-row" data-field="${name}">${label}<ol data-list="${name}" aria-labelledby="${id}"></ol>${hints(form, name)}</div>`;
}

function control(form: Form, name: string, field: Field | CredentialField): string {
  const id = `${form.prefix}-${name}`;
  const attributes = `id="${id}"${placeholder(form, name)}`;
  switch (field.kind) {
    case "typed":
      return `<input type="text" ${attributes} aria-labelledby="${id}-label" ${WIDE}><input type="hidden" id="${id}Type">`;
    case "text":
      return `<input type="text" ${attributes} ${WIDE}>`;
    case "credential":
      return `<input type="${field.secret ? "password" : "text"}" ${attributes} ${WIDE}>`;
    case "number":
      // Not type="number": that would lose a saved ${ENV_VAR}.
      return `<input type="text" inputmode="decimal" ${attributes} ${NARROW}>`;
    case "boolean":
      return `<input type="checkbox" ${attributes} style="width:auto;margin:0">`;
    case "choice":
      return `<select ${attributes} ${WIDE}>${field.options.map((option) => `<option value="${option}" data-i18n="${name}.${option}"></option>`).join("")}</select>`;
  }
}

function placeholder(form: Form, name: string): string {
  const fixed = form.placeholders?.[name];
  if (fixed !== undefined) return ` placeholder="${escapeHtml(fixed)}"`;
  return lookUp(form.catalogue, `placeholder.${name}`) === undefined
    ? ""
    : ` data-i18n="[placeholder]placeholder.${name}"`;
}

/** A line of explanation below a field, or one for each of its options, of which the chosen one's is shown. */
function hints(form: Form, name: string): string {
  const hint = lookUp(form.catalogue, `hint.${name}`);
  if (hint === undefined) return "";
  if (typeof hint === "string") return `<div class="messaging-hint" data-i18n="hint.${name}"></div>`;
  return Object.keys(hint)
    .map((option) => `<div class="messaging-hint" data-option="${option}" data-i18n="hint.${name}.${option}"></div>`)
    .join("");
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
