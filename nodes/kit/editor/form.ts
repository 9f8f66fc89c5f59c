import type { FormFields } from "./fields.ts";
import type { Problem } from "./problems.ts";
import type { EditorNode } from "./red.ts";
import { applies, closed, currentValue, opened, type Prefix } from "./values.ts";

/** What the script has to know to bring a form to life. */
export interface Form {
  readonly prefix: Prefix;
  readonly fields: FormFields;
  /** Rows that are no fields, and when they are shown. */
  readonly conditions: Readonly<Record<string, FormFields[string]["when"]>>;
  /** What is wrong with each property now. */
  problems(node: EditorNode): Record<string, Problem>;
}

/** Called when the dialog opens: widgets, what is shown, what is wrong. */
export function openForm(form: Form, node: EditorNode): void {
  opened(form.prefix, node);
  // Before the typed inputs are made: they take their placeholders over from the controls.
  element(form).i18n();
  for (const [name, field] of Object.entries(form.fields)) prepareControl(form, node, name, field);
  const refresh = () => {
    showWhatApplies(form, node);
    showProblems(form, node);
  };
  element(form).on("change keyup paste input", refresh);
  refresh();
  element(form).children("details").prop("open", isFoldedOneSet(form, node));
}

export function closeForm(form: Form): void {
  closed(form.prefix);
}

/** Config dialogs lie above node dialogs; a form is found by a control that each has. */
function element(form: Form): JQuery {
  return $(`#${form.prefix}-name`).closest(".messaging-form");
}

function row(form: Form, name: string): JQuery {
  return element(form).find(`[data-field="${name}"]`);
}

function prepareControl(form: Form, node: EditorNode, name: string, field: FormFields[string]): void {
  const control = $(`#${form.prefix}-${name}`);
  const missing = node[name] === undefined;
  if (field.kind === "typed") {
    const typeField = `#${form.prefix}-${name}Type`;
    if (missing) $(typeField).val(field.type);
    if (missing) control.val(field.value);
    control.typedInput({ default: field.type, types: field.types, typeField });
    // The label's own target is hidden by the widget.
    row(form, name)
      .children("label")
      .on("click", () => control.typedInput("focus"));
  } else if (field.kind === "boolean") {
    if (missing) control.prop("checked", field.value);
  } else if (field.kind !== "credential") {
    if (field.kind === "choice" && !missing) keepUnknownOption(control, String(node[name]));
    if (missing) control.val(field.value);
  }
}

/** A value that is none of the options, such as `${MODE}`, must survive the form. */
function keepUnknownOption(select: JQuery, value: string): void {
  const known = select
    .find("option")
    .get()
    .some((option) => option.value === value);
  if (!known) select.append($("<option>").val(value).text(value));
  select.val(value);
}

function showWhatApplies(form: Form, node: EditorNode): void {
  const conditions = { ...form.conditions, ...mapValues(form.fields, (field) => field.when) };
  for (const [name, when] of Object.entries(conditions)) row(form, name).toggle(applies(form.prefix, node, when));
  element(form)
    .find("[data-option]")
    .each((_, hint) => {
      const name = $(hint).closest("[data-field]").attr("data-field") ?? "";
      $(hint).toggle(currentValue(form.prefix, node, name) === hint.getAttribute("data-option"));
    });
}

/** Node-RED marks what is wrong; here is said why, below the field. */
function showProblems(form: Form, node: EditorNode): void {
  for (const [name, problem] of Object.entries(form.problems(node))) {
    const shown = row(form, name).children(".messaging-problem");
    // Left alone while it holds, or a screen reader would say it again at every key.
    if (shown.text() === (problem ?? "")) continue;
    shown.remove();
    if (problem !== undefined) row(form, name).append($('<div class="messaging-problem" role="alert">').text(problem));
  }
}

function isFoldedOneSet(form: Form, node: EditorNode): boolean {
  const problems = form.problems(node);
  return Object.entries(form.fields).some(([name, field]) => {
    if (field.more !== true || field.kind === "credential") return false;
    if (problems[name] !== undefined) return true;
    const changed = (value: unknown, preset: unknown) => value !== undefined && String(value) !== String(preset);
    const typeChanged = field.kind === "typed" && changed(node[`${name}Type`], field.type);
    return typeChanged || changed(node[name], field.value);
  });
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
