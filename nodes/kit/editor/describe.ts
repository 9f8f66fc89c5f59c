import { visibleControl } from "./typed-control.ts";
import type { Prefix } from "./values.ts";

/** What stands below a control and is said with it. */
const BELOW = ".messaging-hint, .messaging-live, .messaging-problem";

/** Ties what is said below each control to it, for those who hear the form; marks those that are wrong. */
export function describeControls(form: JQuery, prefix: Prefix): void {
  form.find("[data-field]").each((_, element) => {
    const row = $(element);
    const id = `${prefix}-${row.attr("data-field") ?? ""}`;
    const below = row
      .children(BELOW)
      .get()
      .filter(({ style }) => style.display !== "none");
    below.forEach((text, index) => (text.id ||= `${id}-said-${index}`));
    const control = visibleControl(row.find(`#${id}`));
    const isWrong = below.some(({ classList }) => classList.contains("messaging-problem"));
    control.attr("aria-invalid", isWrong ? "true" : null);
    control.attr("aria-describedby", below.map((text) => text.id).join(" ") || null);
  });
}
