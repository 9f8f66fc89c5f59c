import type { Catalogue } from "./catalogue.ts";
import { formHtml } from "./form.ts";
import type { NodeEntry } from "./node-set.ts";

/** Where Node-RED serves the package's scripts. */
const RESOURCES = "resources/node-red-contrib-messaging";

/** The shared script of all forms. */
const SCRIPT = `${RESOURCES}/editor.js`;

/**
 * A node's HTML file: its form, and the call that registers it. The language does not matter to it; `catalogue` tells
 * which hints and placeholders there are.
 */
export function nodeHtml(node: NodeEntry, catalogue: Catalogue): string {
  return [
    `<script type="text/html" data-template-name="${node.type}">`,
    formHtml(node, catalogue),
    `</script>`,
    `<script type="text/javascript" src="${SCRIPT}"></script>`,
    `<script type="text/javascript">`,
    `messagingEditor.${node.kind}(${registration(node)});`,
    `</script>`,
    ``,
  ].join("\n");
}

/** The HTML file of the sidebar's tab, which adds itself. */
export function tabHtml(): string {
  return `<script type="text/javascript" src="${RESOURCES}/messages.js"></script>\n`;
}

/** What the editor script is told: the node's definition as data, and the providers that it can use. */
function registration({ kind, type, ...facts }: NodeEntry): string {
  // "</script" inside a string would end the element.
  return JSON.stringify(facts).replaceAll("<", "\\u003c");
}

/** A help page, as Node-RED wants it. */
export function helpHtml(type: string, markdown: string): string {
  return `<script type="text/markdown" data-help-name="${type}">\n${markdown.trim()}\n</script>\n`;
}
