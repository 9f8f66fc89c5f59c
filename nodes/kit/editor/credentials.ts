import type { AccountNodeDefinition } from "../definition.ts";
import type { EditorNode } from "./red.ts";
import { applies, currentValue } from "./values.ts";

const prefix = "node-config-input";

type Given = Readonly<Record<string, boolean>>;

/**
 * What is known of the credentials of a type's accounts. Node-RED's editor asks for them only when a form opens, and forgets
 * them at a deploy, so that an account without any would look fine until a message fails.
 */
export class CredentialsKnown {
  readonly #definition: AccountNodeDefinition;
  readonly #given = new Map<string, Given>();

  constructor(definition: AccountNodeDefinition) {
    this.#definition = definition;
  }

  /** Begins to ask for the credentials of accounts that come into the editor. */
  watch(): void {
    RED.events.on("nodes:add", (node) => {
      if (node.type === this.#definition.type && !this.#given.has(node.id)) void this.#ask(node);
    });
  }

  /** Takes over what a form shows when it is saved. A stored password is a placeholder there, and not empty. */
  take(node: EditorNode): void {
    this.#learn(node, (name) => currentValue(prefix, node, name));
  }

  /** Whether a credential that is needed is known to be missing. */
  isLacking(node: EditorNode): boolean {
    const given = this.#given.get(node.id);
    if (!given) return false;
    return Object.entries(this.#definition.credentials).some(
      ([name, { required, when }]) => required === true && given[name] !== true && applies(prefix, node, when),
    );
  }

  async #ask(node: EditorNode): Promise<void> {
    // One that is new has them with it.
    const known = node.credentials ?? (await stored(node));
    if (!known || this.#given.has(node.id)) return;
    this.#learn(node, (name) => known[name] ?? known[`has_${name}`]);
    for (const one of [node, ...(node.users ?? [])]) RED.editor.validateNode(one);
    RED.view.redraw();
  }

  #learn({ id }: EditorNode, valueOf: (name: string) => unknown): void {
    const names = Object.keys(this.#definition.credentials);
    const isGiven = (value: unknown) => value === true || (typeof value === "string" && value.trim() !== "");
    this.#given.set(id, Object.fromEntries(names.map((name) => [name, isGiven(valueOf(name))])));
  }
}

/** A text, or for a secret whether there is one; undefined where Node-RED does not say, as to one who may not read. */
async function stored({ type, id }: EditorNode): Promise<Record<string, unknown> | undefined> {
  try {
    return (await $.getJSON(`credentials/${type}/${id}`)) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
