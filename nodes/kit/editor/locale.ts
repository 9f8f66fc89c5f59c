/**
 * The language of numbers and times: the one that the viewer chose in the editor's settings, else the browser's. That of
 * Node-RED's own catalogue would be English for Italians, as it has no Italian one.
 */
export function locale(): string | undefined {
  return RED.settings.getLocal("editor-language") || undefined;
}

/** A moment (epoch milliseconds or ISO 8601) in the viewer's own time. */
export function moment(at: number | string): string {
  return new Date(at).toLocaleString(locale());
}

export function inWords(count: number): string {
  return count.toLocaleString(locale());
}

/** The language that the viewer reads, for what the runtime says: its own may be another one. */
export function viewerLanguage(): string {
  return locale() ?? navigator.language;
}
