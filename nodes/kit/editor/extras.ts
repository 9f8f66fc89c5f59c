import type { ProviderFacts } from "./fields.ts";
import type { Problem } from "./problems.ts";
import type { EditorNode, Translate } from "./red.ts";

/** What a node's form has beyond its fields: its folder's editor.ts adds it. */
export interface Extra {
  /** Called once, when the node's type is registered. */
  registered?(): void;
  /** What is wrong with a message node's field, besides what its definition says; asked while nothing else is. */
  readonly problems?: Readonly<Record<string, (node: EditorNode, t: Translate) => Problem>>;
  /** Called when the form has opened, with its element. `providers` are those that the node can use. */
  prepare?(form: JQuery, node: EditorNode, t: Translate, providers: readonly ProviderFacts[]): void;
  /** The lists of a config node, by their property. */
  readonly lists?: Readonly<Record<string, ListExtra>>;
}

/** A property that holds a list. */
export interface ListExtra {
  /** What the form shows. */
  readonly read: (form: JQuery) => unknown[];
  readonly problem: (list: unknown, t: Translate) => Problem;
}

const extras = new Map<string, Extra>();

export function addExtra(type: string, extra: Extra): void {
  extras.set(type, extra);
}

export function extraOf(type: string): Extra | undefined {
  return extras.get(type);
}
