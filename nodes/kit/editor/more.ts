/** Where the browser keeps, by the type of a node, whether "More" was left open: as Node-RED remembers its own panels. */
const KEY = "messaging-more";

export function wasUnfolded(type: string): boolean {
  return remembered()[type] === true;
}

/** What a person does is remembered, and not that a form opened it by itself. */
export function rememberUnfolding(details: JQuery, type: string): void {
  details.children("summary").on("click", () => {
    // The click comes before the part opens or closes.
    const isOpen = details.prop("open") !== true;
    RED.settings.setLocal(KEY, JSON.stringify({ ...remembered(), [type]: isOpen }));
  });
}

function remembered(): Record<string, unknown> {
  try {
    return Object(JSON.parse(RED.settings.getLocal(KEY) ?? "{}")) as Record<string, unknown>;
  } catch {
    return {};
  }
}
