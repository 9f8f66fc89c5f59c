import {
  accountDefaults,
  accountFields,
  configDefaults,
  configFields,
  messageDefaults,
  messageFields,
  type Defaults,
  type FormFields,
} from "../../nodes/kit/editor/fields.ts";
import type { NodeEntry } from "../../scripts/node-set.ts";

/** What a flow file keeps of a node, with its presets. */
export function defaultsOf(node: NodeEntry): Defaults {
  if (node.kind === "account") return accountDefaults(node.definition, node.provider);
  return node.kind === "config" ? configDefaults(node.definition) : messageDefaults(node.definition, node.providers);
}

/** The fields of a node's form. */
export function fieldsOf(node: NodeEntry): FormFields {
  if (node.kind === "account") return accountFields(node.definition, node.provider);
  return node.kind === "config" ? configFields(node.definition) : messageFields(node.definition);
}
