import type { FormFields } from "./fields.ts";
import type { EditorNode } from "./red.ts";

/** Node-RED's prefix of the ids of a form's controls: a node's form, and a config node's that may lie above it. */
export type Prefix = "node-input" | "node-config-input";

type When = NonNullable<FormFields[string]["when"]>;

/** The nodes whose forms are open. Until such a form is saved, what counts is what it shows. */
const open = new Map<Prefix, EditorNode>();

export function opened(prefix: Prefix, node: EditorNode): void {
  open.set(prefix, node);
}

export function closed(prefix: Prefix): void {
  open.delete(prefix);
}

export function isOpen(prefix: Prefix, node: EditorNode): boolean {
  return open.get(prefix) === node;
}

/** A property's value: the form's while it is open, else the node's. */
export function currentValue(prefix: Prefix, node: EditorNode, name: string): unknown {
  const control = open.get(prefix) === node ? $(`#${prefix}-${name}`) : $();
  if (control.length === 0) return node[name];
  return control.attr("type") === "checkbox" ? control.prop("checked") : control.val();
}

/** Whether a field with this condition is to be shown. What an environment variable will say is not known here. */
export function applies(prefix: Prefix, node: EditorNode, when: When | undefined): boolean {
  return Object.entries(when ?? {}).every(([name, values]) => {
    const value = currentValue(prefix, node, name);
    return value === undefined || isVariable(value) || values.some((wanted) => String(wanted) === String(value));
  });
}

/**
 * What a node goes through whose flow names no provider: the only one of the choices that is set in it, as the runtime has it,
 * else the first.
 */
export function unnamedProvider(node: EditorNode, choices: readonly string[]): string | undefined {
  const set = choices.filter((name) => Boolean(node[name]));
  return set.length === 1 ? set[0] : choices[0];
}

/** `${NAME}`, which Node-RED replaces when the flow starts. */
export function isVariable(value: unknown): boolean {
  return typeof value === "string" && /^\$\{[^}]+\}$/.test(value);
}
