import type { Translate } from "./red.ts";

/**
 * The pencil and the plus beside the choice of an account, a route or an outbox: Node-RED makes them of links that lead nowhere,
 * which neither the keyboard reaches nor a screen reader can name.
 */
export function reachConfigButtons(form: JQuery, t: Translate): void {
  form.find("[data-field] select ~ a.red-ui-button").each((_, link) => {
    const button = $(link);
    const label = button.closest("[data-field]").children("label").text();
    const name = button.children(".fa-plus").length > 0 ? t("form.add") : t("form.edit");
    button.attr({ role: "button", tabindex: 0, "aria-label": `${label}: ${name}` }).on("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      button.trigger("click");
    });
  });
}
