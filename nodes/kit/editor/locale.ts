/**
 * The language of numbers and times: the one that the viewer chose in the editor's settings, else the browser's. That of
 * Node-RED's own catalogue would be English for Italians, as it has no Italian one.
 */
export function locale(): string | undefined {
  return RED.settings.getLocal("editor-language") || undefined;
}
