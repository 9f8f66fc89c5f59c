import type { Translate } from "./red.ts";

/** The widget that Node-RED puts beside a control: its own input, and the button that chooses the type. */
function widgetOf(control: JQuery): JQuery {
  return control.nextAll(".red-ui-typedInput-container").first();
}

/** What is seen and focused of a control. */
export function visibleControl(control: JQuery): JQuery {
  const input = widgetOf(control).find(".red-ui-typedInput-input");
  return input.length > 0 ? input : control;
}

/** Gives the widget's buttons, which show a sign or nothing, names for those who do not see them. */
export function nameButtons(control: JQuery, label: JQuery, t: Translate): void {
  const widget = widgetOf(control);
  const name = () => {
    const type = String(control.typedInput("type"));
    const key = `typedInput.type.${type}`;
    const typeName = RED._(key);
    widget
      .find(".red-ui-typedInput-type-select")
      .attr("aria-label", `${label.text()}: ${typeName === key ? type : typeName}`);
    widget.find(".red-ui-typedInput-option-expand").attr("aria-label", `${label.text()}: ${t("form.expand")}`);
  };
  control.on("change", name);
  name();
  // Its label in so many words: not every tool looks for a label in Node-RED's trays.
  visibleControl(control).attr({ "aria-label": label.text(), "aria-labelledby": null });
  // What is dictated, dropped or filled in by the browser comes without a key.
  widget.find(".red-ui-typedInput-input").on("input", () => {
    control.val(String(control.typedInput("value")));
  });
}

/** Replaces a text as if it had been typed, so that the browser's undo takes it back. */
export function typeInto(control: JQuery, text: string, { keepsFocus = false } = {}): void {
  const input = visibleControl(control).get(0);
  const before = document.activeElement;
  if (input instanceof HTMLInputElement && !keepsFocus) {
    input.focus();
    input.select();
    document.execCommand("insertText", false, text);
  }
  if (control.typedInput("value") !== text) control.typedInput("value", text);
  if (keepsFocus && before instanceof HTMLElement) before.focus();
  $(input ?? []).trigger("change");
}
