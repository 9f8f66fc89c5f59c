import { plainLetters } from "../../../src/plain-letters.ts";
import { smsParts, smsRoom, type SmsParts } from "../../../src/text.ts";
import type { Aid, LiveField } from "./live-field.ts";
import type { Problem } from "./problems.ts";
import { typeInto } from "./typed-control.ts";
import { currentValue } from "./values.ts";

/** What a template fills in. */
const TAG = /\{\{\{?[^{}]*\}?\}\}/g;

/** How a literal text travels as SMS: the count, what makes it dear, and a way to make it cheaper. */
export function textAid(field: LiveField, control: JQuery): Aid {
  const { t } = field;
  const count = $("<div>");
  const forced = $("<span>");
  const notes = $("<div>");
  const plain = smallButton(t("live.plain"));
  const undo = smallButton(t("live.undo"));
  const warning = $('<div class="messaging-warning" role="status">').append(forced, " ", plain, undo);
  /** What "use plain letters" replaced, and by what. */
  let replaced: { before: string; after: string } | undefined;
  plain.on("click", () => {
    const before = String(control.val());
    replaced = { before, after: plainLetters(before) };
    typeInto(control, replaced.after);
    undo.trigger("focus");
  });
  undo.on("click", () => {
    if (replaced) typeInto(control, replaced.before);
    plain.trigger("focus");
  });
  return {
    element: $("<div>").append(count, warning, notes),
    refresh(value) {
      const parts = counted(field, value);
      count.text(value === "" ? "" : countLine(field, parts));
      // A key more hides it, and taking that key back brings it again.
      const canUndo = replaced?.after === value;
      const canReplace = parts.forcedBy.length > 0 && plainLetters(value) !== value;
      setText(forced, forcedLine(field, parts, canReplace));
      plain.toggle(canReplace);
      undo.toggle(canUndo);
      warning.toggle(forced.text() !== "" || canUndo);
      notes.text(noteLines(field, value, parts).join(" "));
    },
  };
}

/** The encoding that is chosen lacks characters of the text: the runtime would refuse it. */
export function textProblem(field: LiveField, value: string): Problem {
  if (currentValue("node-input", field.node, "encoding") !== "gsm7") return undefined;
  const { forcedBy } = smsParts(withoutTags(field, value));
  return forcedBy.length > 0 ? field.t("problem.gsm7", { characters: visible(forcedBy) }) : undefined;
}

function counted(field: LiveField, value: string): SmsParts {
  const chosen = currentValue("node-input", field.node, "encoding");
  const isTaken = field.account()?.provider.honours.sms?.includes("encoding") !== false;
  const text = withoutTags(field, value);
  return chosen === "ucs2" && isTaken ? smsParts(text, "ucs2") : smsParts(text);
}

/** Without what is filled in later: nobody knows how long that will be. */
function withoutTags({ kind }: LiveField, value: string): string {
  return kind === "sms-template" ? value.replace(TAG, "") : value;
}

function countLine({ t }: LiveField, parts: SmsParts): string {
  const encoding = parts.encoding === "gsm7" ? t("live.gsm7") : t("live.ucs2");
  return t("live.count", { characters: parts.characters, room: smsRoom(parts), parts: parts.parts, encoding });
}

function forcedLine({ t }: LiveField, { forcedBy }: SmsParts, canReplace: boolean): string {
  if (forcedBy.length === 0) return "";
  const characters = visible(forcedBy);
  return canReplace ? t("live.forced", { characters }) : t("live.left", { characters });
}

function noteLines(field: LiveField, value: string, { parts }: SmsParts): string[] {
  const { t, kind } = field;
  const provider = field.account()?.provider;
  const max = provider?.maxSmsParts;
  const notes: string[] = [];
  if (provider && max !== undefined && parts > max) notes.push(t("live.tooLong", { provider: provider.label, max }));
  if (value.search(TAG) >= 0) notes.push(kind === "sms-template" ? t("live.estimate") : t("live.asIs"));
  return notes;
}

/** Characters as they can be told apart: what shows nothing is named by its number. */
function visible(characters: readonly string[]): string {
  return characters
    .map((one) =>
      /[\p{C}\p{Z}\p{M}]/u.test(one) ? `U+${one.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}` : one,
    )
    .join(" ");
}

/** Left alone while it holds, or a screen reader would say it again at every key. */
function setText(element: JQuery, text: string): void {
  if (element.text() !== text) element.text(text);
}

function smallButton(text: string): JQuery {
  return $('<button type="button" class="red-ui-button red-ui-button-small">').text(text);
}
