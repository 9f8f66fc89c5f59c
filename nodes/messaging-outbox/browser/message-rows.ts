import type { Decision, ListedMessage } from "../../../src/outbox/contract.ts";
import type { State } from "../../../src/outbox/states.ts";
import { moment } from "../../kit/editor/locale.ts";
import type { Translate } from "../../kit/editor/red.ts";
import { button } from "./buttons.ts";

/** Characters of a text that a button is named after. */
const MAX_NAME = 40;

/** What a person can decide on, and where. */
const DECISIONS: readonly (readonly [Decision, readonly State[]])[] = [
  ["resend", ["uncertain"]],
  ["accept", ["uncertain"]],
  ["drop", ["uncertain", "queued"]],
];

function decisionTexts(decision: Decision, t: Translate): { label: string; hint: string } {
  return {
    resend: { label: t("panel.resend"), hint: t("panel.resendHint") },
    accept: { label: t("panel.accept"), hint: t("panel.acceptHint") },
    drop: { label: t("panel.drop"), hint: t("panel.dropHint") },
  }[decision];
}

export function stateName(state: State, t: Translate): string {
  return {
    queued: t("state.queued"),
    sending: t("state.sending"),
    accepted: t("state.accepted"),
    failed: t("state.failed"),
    expired: t("state.expired"),
    uncertain: t("state.uncertain"),
    cancelled: t("state.cancelled"),
  }[state];
}

/** Everything as text: a message can hold anything. What is long has a row of its own below it. */
export function messageRows(
  message: ListedMessage,
  t: Translate,
  decide: (id: string, action: Decision) => void,
): JQuery[] {
  const { to, text, state, attempts, updatedAt, error, account, possibleDuplicate } = message;
  const small = (words: string) => $("<small>").text(words);
  const facts = [
    small(moment(updatedAt)),
    small(t("panel.attempts", { count: attempts })),
    ...(possibleDuplicate ? [small(t("panel.possibleDuplicate"))] : []),
    // The runtime's own words, below, are in English.
    ...(error ? [small(t(`error.${error.code}`))] : []),
  ].flatMap((fact) => [$("<br>"), fact]);
  const buttons = decisionButtons(message, t, decide);
  const rest = [
    // What is stored is in English.
    ...(error ? [$('<div class="messaging-error" lang="en">').text(error.message)] : []),
    ...(buttons.length > 0 ? [$('<div role="group">').attr("aria-label", t("panel.decision")).append(buttons)] : []),
  ];
  const row = $('<tr class="messaging-message">').append(
    $("<td>").append($("<span>").text(to), $("<br>"), small(account)),
    $("<td>").text(text),
    $("<td>").append($("<span>").text(stateName(state, t)), ...facts),
  );
  if (rest.length === 0) return [row];
  return [
    row.addClass("messaging-followed"),
    $('<tr class="messaging-rest">').append($('<td colspan="3">').append(rest)),
  ];
}

/** Each is named after its message too: a screen reader says one button without what is around it. */
function decisionButtons(
  { id, to, text, state }: ListedMessage,
  t: Translate,
  decide: (id: string, action: Decision) => void,
): JQuery[] {
  const mayDecide = RED.user.hasPermission("messaging.write");
  const short = text.length > MAX_NAME ? `${text.slice(0, MAX_NAME)}…` : text;
  return DECISIONS.filter(([, states]) => mayDecide && states.includes(state)).map(([action]) => {
    const { label, hint } = decisionTexts(action, t);
    return button(label, `${action}-${id}`, () => decide(id, action)).attr({
      "aria-label": `${label}: ${to}, ${short}`,
      title: hint,
    });
  });
}
