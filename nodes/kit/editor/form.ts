import type { InputType } from "../definition.ts";
import type { FormFields } from "./fields.ts";
import type { Idle } from "./idle.ts";
import type { Problem } from "./problems.ts";
import type { EditorNode, Translate } from "./red.ts";
import { reachConfigButtons } from "./config-buttons.ts";
import { describeControls } from "./describe.ts";
import { wasUnfolded, rememberUnfolding } from "./more.ts";
import { nameButtons } from "./typed-control.ts";
import { applies, closed, currentValue, isVariable, opened, unnamedProvider, type Prefix } from "./values.ts";

/** All that Node-RED's widget knows. */
const WIDGET_TYPES = "msg flow global str num bool json re date jsonata bin env node cred".split(" ");

/** What the script has to know to bring a form to life. */
export interface Form {
  readonly prefix: Prefix;
  readonly fields: FormFields;
  /** Rows that are no fields, and when they are shown. */
  readonly conditions: Readonly<Record<string, FormFields[string]["when"]>>;
  readonly t: Translate;
  /** What is wrong with each property now. */
  problems(node: EditorNode): Record<string, Problem>;
  /** What does nothing now, and what is said below such a field. */
  readonly idle?: (node: EditorNode) => Idle | undefined;
  readonly note?: (provider: string) => string;
}

/**
 * Called when the dialog opens: widgets, what is shown, what is wrong. `showMore` builds what a form has besides, once the
 * widgets are there; its result brings that up to date.
 */
export function openForm(form: Form, node: EditorNode, showMore?: () => () => void): void {
  opened(form.prefix, node);
  // Before the typed inputs are made: they take their placeholders over from the controls.
  element(form).i18n();
  for (const [name, field] of Object.entries(form.fields)) prepareControl(form, node, name, field);
  reachConfigButtons(element(form), form.t);
  showProvider($(`#${form.prefix}-provider`), node);
  const refreshMore = showMore?.();
  const refresh = () => {
    showWhatApplies(form, node);
    hideWhatIsIdle(form, node);
    refreshMore?.();
    showProblems(form, node);
    describeControls(element(form), form.prefix);
  };
  element(form).on("change keyup paste input", refresh);
  refresh();
  const details = element(form).children("details");
  details.prop("open", isFoldedOneSet(form, node) || wasUnfolded(node.type));
  rememberUnfolding(details, node.type);
  element(form).attr("aria-busy", "false");
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
    control.typedInput({ default: field.type, types: withSaved(field.types, node[`${name}Type`]), typeField });
    // The label's own target is hidden by the widget.
    const label = row(form, name).children("label");
    label.on("click", () => control.typedInput("focus"));
    nameButtons(control, label, form.t);
  } else if (field.kind === "boolean") {
    if (isVariable(node[name])) asText(control, String(node[name]));
    // The browser takes any text for a tick, also "false", as an environment variable may have left it.
    else control.prop("checked", missing ? field.value : String(node[name]) === "true");
  } else if (field.kind !== "credential") {
    if (field.kind === "choice" && !missing) keepUnknownOption(control, String(node[name]));
    if (missing) control.val(field.value);
  }
}

/** A type that the form does not offer, but a flow has: it must survive the form. */
function withSaved(types: readonly InputType[], saved: unknown): (string | { value: string; label: string })[] {
  const known: readonly unknown[] = types;
  if (typeof saved !== "string" || saved === "" || known.includes(saved)) return [...types];
  return [...types, WIDGET_TYPES.includes(saved) ? saved : { value: saved, label: saved }];
}

/** A tick box cannot show `${NAME}`: a text field takes its place until the next opening. */
function asText(box: JQuery, value: string): void {
  const text = $('<input type="text">')
    .attr({ id: String(box.attr("id")), style: "width:200px" })
    .val(value);
  box.replaceWith(text);
}

function showProvider(select: JQuery, node: EditorNode): void {
  const choices = select
    .find("option")
    .get()
    .map((option) => option.value);
  if (choices.length > 0) keepUnknownOption(select, String(node.provider || unnamedProvider(node, choices)));
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

/** A field that the chosen provider does not take is hidden; one that is set all the same says so. */
function hideWhatIsIdle(form: Form, node: EditorNode): void {
  const idle = form.idle?.(node);
  for (const [name, field] of Object.entries(form.fields)) {
    const isIdle = idle?.fields.includes(name) === true;
    row(form, name).children(".messaging-idle").remove();
    if (isIdle && !isSet(node, name, field) && !isChosen(form, node, name, field)) row(form, name).hide();
    else if (isIdle)
      $('<div class="messaging-hint messaging-idle">')
        .text(form.note?.(idle.provider) ?? "")
        .appendTo(row(form, name));
    if (field.kind === "choice" && offerOptions($(`#${form.prefix}-${name}`), idle?.options ?? []) < 2) {
      row(form, name).hide();
    }
  }
}

/** What is chosen stays, or it would be lost. Returns how many there are to choose from. */
function offerOptions(select: JQuery, without: readonly string[]): number {
  const chosen = select.val();
  select.find("option").each((_, option) => {
    const value = $(option).val();
    const isLeftOut = value !== chosen && without.some((one) => one === value);
    $(option).prop({ hidden: isLeftOut, disabled: isLeftOut });
  });
  return select.find("option:not([hidden])").length;
}

/** Node-RED marks what is wrong; here is said why, below the field. */
function showProblems(form: Form, node: EditorNode): void {
  for (const [name, problem] of Object.entries(form.problems(node))) {
    // A node's own script has problems of its own in the row, which it shows and hides itself.
    const shown = row(form, name).children('.messaging-problem[role="alert"]');
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
    return isSet(node, name, field);
  });
}

/** Whether a field was saved with something else than its preset. */
function isSet(node: EditorNode, name: string, field: FormFields[string]): boolean {
  if (field.kind === "credential") return false;
  const changed = (value: unknown, preset: unknown) => value !== undefined && String(value) !== String(preset);
  const typeChanged = field.kind === "typed" && changed(node[`${name}Type`], field.type);
  return typeChanged || changed(node[name], field.value);
}

/** Whether a choice was changed since the form opened: hidden, it would be saved unseen. */
function isChosen({ prefix }: Form, node: EditorNode, name: string, field: FormFields[string]): boolean {
  return field.kind === "choice" && currentValue(prefix, node, name) !== field.value;
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
