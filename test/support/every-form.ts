import type { LiveKind } from "../../nodes/kit/definition.ts";
import type { NodeEntry } from "../../scripts/node-set.ts";

/** The id of a config node in the flow: Node-RED starts no flow in which the id of one is a type. */
export function idOf(type: string): string {
  return `the-${type}`;
}

/** The id of the node of this type with all fields that it can show. */
export function idOfFull(type: string): string {
  return `full-${type}`;
}

/** A flow with one node of each type as people's flow files have them, and one with all that its form can show. */
export function everyForm(nodes: readonly NodeEntry[]): object[] {
  const accounts = nodes.filter(({ kind }) => kind === "account");
  const messageNodes = nodes.filter((node) => node.kind === "message");
  return [
    { id: "tab", type: "tab", label: "Forms" },
    ...accounts.map(({ type }) => ({ id: idOf(type), type, mode: "${MODE}", concurrency: "0" })),
    ...nodes.filter(({ kind }) => kind === "config").map(({ type }) => ({ id: idOf(type), type, members: MEMBERS })),
    ...messageNodes.map(({ type, providers: [first] }, index) => ({
      id: type,
      type,
      z: "tab",
      x: 150,
      y: 40 * index + 40,
      provider: first?.name,
      [first?.name ?? ""]: idOf(`${first?.name}-account`),
      wires: [],
    })),
    ...messageNodes.map(filledIn),
  ];
}

/** Literals of which a form tells much: right and wrong at once, and as long as people write them. */
const LITERALS: Readonly<Record<LiveKind, string>> = {
  "sms-text": "Atención: la presión del depósito “Bomba 3” está más baja de lo normal 😀 {{valor}}",
  "sms-template": "Atención, {{nombre}}: la presión del depósito “Bomba 3” está más baja de lo normal 😀",
  numbers: "+56990324203, +393331234567, 99",
  addresses: "ana@example.com, ana",
  time: "2026-01-02T14:30",
};

/** A node with all fields that it can show, and a literal wherever its form tells about one. */
function filledIn({ type, definition, providers }: NodeEntry & { kind: "message" }, index: number): object {
  const provider = (providers.find(({ name }) => name === "smshosting") ?? providers[0])?.name ?? "";
  const values = Object.entries(definition.fields).flatMap(([name, field]): [string, unknown][] => {
    if (field.kind === "boolean") return [[name, name !== "estimateOnly"]];
    if (field.kind !== "typed" || field.live === undefined) return [];
    return [
      [name, LITERALS[field.live]],
      [`${name}Type`, "str"],
    ];
  });
  const place = { z: "tab", x: 800, y: 40 * index + 40, wires: [] };
  const account = { provider, [provider]: idOf(`${provider}-account`) };
  return { ...place, id: idOfFull(type), type, ...account, ...Object.fromEntries(values) };
}

/** Of a route. */
const MEMBERS = [
  { provider: "connectus", account: idOf("connectus-account"), prefixes: "56, +39" },
  { provider: "smshosting", account: "gone", prefixes: "" },
];

/** Whether the form has heard from the runtime what it asked. */
export const ANSWERED = `[...document.querySelectorAll(".messaging-form :is([data-field=to], [data-field=at], [data-field=start])")]
  .filter((row) => row.querySelector(".messaging-live"))
  .every((row) => row.querySelector(".messaging-live:not(:empty) [role=status]:not(:empty), .messaging-live[role=status]:not(:empty), .messaging-problem"))`;
