import { ROUTE } from "../definition.ts";
import type { EditorNode, NodeType } from "./red.ts";

const MARKED = ["sandbox", "off"] as const;
type Mode = (typeof MARKED)[number];

const SVG = "http://www.w3.org/2000/svg";

/** Of the editor's own badges; as they are drawn at 1:1, in pixels. */
const HEIGHT = 12;
const LETTER = 5.4;

export const modeCss = `
.messaging-mode text { stroke: none; font-size: 9px; fill: var(--red-ui-node-label-color); pointer-events: none; }
.messaging-mode-sandbox rect { fill: var(--red-ui-node-status-colors-blue); }
.messaging-mode-off rect { fill: var(--red-ui-node-status-colors-yellow); }
`;

interface MarkedType {
  readonly type: NodeType;
  /** Preset where a node was saved without a provider. */
  readonly provider: string;
}

const types = new Map<string, MarkedType>();

/** Marks nodes of this type as long as they use an account in sandbox mode, or one that is switched off. */
export function markModes(name: string, marked: MarkedType): void {
  types.set(name, marked);
}

/** Begins to show the marks on the workspace. To be called once. */
export function showModes(): void {
  for (const mode of MARKED) {
    RED.view.annotations.register(`messaging-${mode}`, {
      type: "badge",
      align: "left",
      class: "messaging-mode",
      filter: ({ type }) => types.has(type),
      show: (node) => modeOf(node) === mode,
      element: (node) => drawn(types.get(node.type)?.type._?.(`mode.${mode}`) ?? mode, mode),
    });
  }
  // An account or a route that is changed changes what its users show.
  for (const event of ["nodes:change", "nodes:add", "nodes:remove"]) {
    RED.events.on(event, (node) => {
      if (node.type.endsWith("-account") || node.type === "messaging-route") redrawAll();
    });
  }
}

function redrawAll(): void {
  RED.nodes.eachNode((node) => {
    if (types.has(node.type)) Object.assign(node, { dirty: true });
  });
  RED.view.redraw();
}

/** What its account's mode is worth telling of; of a route, that of any account in it. */
function modeOf(node: EditorNode): Mode | undefined {
  const chosen = String(node.provider || types.get(node.type)?.provider);
  const target = RED.nodes.node(String(node[chosen] ?? ""));
  if (!target) return undefined;
  if (chosen !== ROUTE) return MARKED.find((mode) => mode === target.mode);
  const members = Array.isArray(target.members) ? (target.members as { account?: unknown }[]) : [];
  const modes = members.map(({ account }) => RED.nodes.node(String(account ?? ""))?.mode);
  return MARKED.find((mode) => modes.includes(mode));
}

function drawn(text: string, mode: Mode): SVGElement {
  const words = text.toLowerCase();
  const width = Math.ceil(words.length * LETTER) + 8;
  const mark = part("g", { class: `messaging-mode-${mode}` });
  const label = part("text", { x: width / 2, y: HEIGHT - 3, "text-anchor": "middle" });
  label.textContent = words;
  mark.append(part("rect", { width, height: HEIGHT, rx: 3 }), label);
  return mark;
}

function part(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, String(value));
  return element;
}
