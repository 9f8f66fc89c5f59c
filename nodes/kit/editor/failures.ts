import type { FailureReport } from "../account-reports.ts";
import { failureKey } from "../failures.ts";
import type { Translate } from "./red.ts";

/**
 * What the runtime says of a failure in the viewer's language; or a line with its meaning, and one below with the detail,
 * which is in English.
 */
export function failureLines(failure: FailureReport, host: string, t: Translate): JQuery[] {
  const { said, message } = failure;
  const line = $('<div class="messaging-bad">').text(said ?? t(failureKey(failure), { host }));
  return said === undefined ? [line, $('<small lang="en">').text(message)] : [line];
}

/** Why the runtime did not answer the editor at all. */
export function refusalOf(failure: unknown, t: Translate): string {
  const { status } = failure as Partial<JQuery.jqXHR>;
  if (status === 401 || status === 403) return t("account.forbidden");
  return status === 409 ? t("account.busy") : t("account.noRuntime");
}
