import type { MessageNodeDefinition } from "../../nodes/kit/definition.ts";
import { loadNodes } from "../../scripts/node-set.ts";
import { providers } from "../../src/providers/index.ts";
import { readAccount } from "../contract/fixture.ts";
import type { Credentials, FlowNode } from "./node-red.ts";

/** Every message node with an input, at every provider that it can have and in every way that its form has. */
export interface Everything {
  readonly nodes: FlowNode[];
  /** One account node per provider. */
  readonly accounts: FlowNode[];
  readonly credentials: Credentials;
}

/**
 * Their typed fields read the message's property of the same name, or the one that is preset. They are wired to nothing;
 * `tab` is the id of their flow.
 */
export async function everyNode(tab: string, baseUrl: string): Promise<Everything> {
  const nodes = (await loadNodes()).flatMap((entry) => {
    if (entry.kind !== "message" || entry.definition.inputs === 0) return [];
    const { type, definition } = entry;
    return entry.providers.flatMap(({ name }) =>
      ways(definition).map((way) => ({
        id: [type, name, ...Object.entries(way).flat()].join("-"),
        type,
        z: tab,
        provider: name,
        [name]: accountId(name),
        wires: [],
        ...readingMessages(definition),
        ...way,
      })),
    );
  });
  const settings = providers.map((provider) => ({ name: provider.name, ...readAccount(provider) }));
  return {
    nodes,
    accounts: settings.map(({ name, options }) => ({
      id: accountId(name),
      type: `${name}-account`,
      name,
      baseUrl,
      ...options,
    })),
    credentials: Object.fromEntries(settings.map(({ name, credentials }) => [accountId(name), credentials])),
  };
}

/** As its form is preset, and with each switch and each choice changed alone; but for following, which may take minutes. */
function ways({ fields, errorOutput }: MessageNodeDefinition): Record<string, string | boolean>[] {
  const changes = Object.entries(fields).flatMap(([name, field]): Record<string, string | boolean>[] => {
    if (field.kind === "boolean" && name !== "follow") return [{ [name]: true }];
    if (field.kind !== "choice") return [];
    return field.options.filter((option) => option !== field.value).map((option) => ({ [name]: option }));
  });
  return [{}, ...changes, ...(errorOutput ? [{ errorOutput: true }] : [])];
}

function readingMessages({ fields }: MessageNodeDefinition): Record<string, string> {
  const typed = Object.entries(fields).filter(([, { kind }]) => kind === "typed");
  return Object.fromEntries(
    typed.flatMap(([name, field]) => {
      const property = "type" in field && field.type === "msg" ? field.value : name;
      return [
        [name, property],
        [`${name}Type`, "msg"],
      ];
    }),
  );
}

/** The id of a provider's account node. */
export function accountId(provider: string): string {
  return `account-${provider}`;
}
