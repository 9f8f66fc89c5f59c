import { STATES, type State } from "../../src/outbox/states.ts";
import type { Decision, ListedMessage } from "../../src/outbox/contract.ts";
import { addExtra } from "../kit/editor/extras.ts";
import type { EditorNode, Translate } from "../kit/editor/red.ts";

type Counts = Record<State, number>;

/** Without counts it cannot be opened, or is not deployed. */
interface OutboxState {
  readonly counts?: Counts;
  readonly problem?: { readonly message: string };
}

const REFRESH_MS = 3000;
const PAGE = 20;

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

function stateName(state: State, t: Translate): string {
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

/** Node-RED's own variables only: they follow the theme. */
const css = `
.messaging-outbox { margin-top: 20px; border-top: 1px solid var(--red-ui-secondary-border-color); }
.messaging-outbox h4 { margin: 12px 0 8px; color: var(--red-ui-primary-text-color); }
.messaging-outbox .messaging-filter { display: flex; flex-wrap: wrap; gap: 4px; margin-bottom: 8px; }
.messaging-outbox table { width: 100%; border-collapse: collapse; table-layout: fixed; color: var(--red-ui-primary-text-color); }
.messaging-outbox th, .messaging-outbox td { padding: 4px 6px; text-align: left; vertical-align: top; overflow-wrap: anywhere;
  border-bottom: 1px solid var(--red-ui-secondary-border-color); }
.messaging-outbox th { color: var(--red-ui-secondary-text-color); font-weight: normal; }
.messaging-outbox td small { color: var(--red-ui-secondary-text-color); }
.messaging-outbox td small.messaging-error { color: var(--red-ui-text-color-error); }
.messaging-outbox td button { margin: 0 4px 4px 0; }
.messaging-outbox button:focus-visible { outline: 2px solid var(--red-ui-form-input-focus-color); }
.messaging-outbox .messaging-pages { display: flex; gap: 8px; align-items: center; margin-top: 8px; }
.messaging-outbox .messaging-note { min-height: 20px; color: var(--red-ui-secondary-text-color); }
`;

/** The panel of one outbox. It asks anew from time to time, as long as it can be seen. */
class Panel {
  readonly element: JQuery;
  readonly #t: Translate;
  readonly #url: string;
  readonly #filter = $('<div class="messaging-filter" role="group">');
  readonly #note = $('<div class="messaging-note" role="status">');
  readonly #rows = $("<tbody>");
  readonly #table: JQuery;
  readonly #back: JQuery;
  readonly #on: JQuery;
  readonly #pages: JQuery;
  #state: State | "" = "";
  #page = 0;
  #shown = "";

  constructor({ id }: EditorNode, t: Translate) {
    this.#t = t;
    this.#url = `messaging/outbox/${encodeURIComponent(id)}`;
    this.#filter.attr("aria-label", t("panel.filter"));
    this.#table = $("<table>").append(tableHead(t), this.#rows).hide();
    this.#back = button(t("panel.back"), "back", () => this.#look(this.#state, this.#page - 1));
    this.#on = button(t("panel.on"), "on", () => this.#look(this.#state, this.#page + 1));
    this.#pages = $('<div class="messaging-pages">').append(this.#back, this.#on).hide();
    this.element = $('<div class="messaging-outbox">').append(
      $("<style>").text(css),
      $("<h4>").text(t("panel.title")),
      this.#filter,
      this.#note,
      this.#table,
      this.#pages,
    );
    const timer = setInterval(() => {
      if (!document.body.contains(this.element[0] ?? null)) clearInterval(timer);
      else if (!document.hidden) void this.#refresh();
    }, REFRESH_MS);
    void this.#refresh();
  }

  #look(state: State | "", page: number): void {
    this.#state = state;
    this.#page = Math.max(0, page);
    void this.#refresh();
  }

  async #refresh(): Promise<void> {
    const asked = { state: this.#state, limit: PAGE, offset: this.#page * PAGE };
    try {
      const { counts, problem } = await ask<OutboxState>(this.#url);
      if (!counts) return this.#tell(problem?.message ?? this.#t("panel.undeployed"));
      const { messages } = await ask<{ messages: ListedMessage[] }>(`${this.#url}/messages`, asked);
      const isLate = asked.state !== this.#state || asked.offset !== this.#page * PAGE;
      const found = JSON.stringify([asked, counts, messages]);
      // What has not changed is left alone, or a screen reader would read it again and again.
      if (isLate || found === this.#shown) return;
      this.#shown = found;
      this.#show(counts, messages);
    } catch (failure) {
      this.#tell(trouble(failure, this.#t));
    }
  }

  /** Why nothing is listed. */
  #tell(note: string): void {
    if (this.#shown === note) return;
    this.#shown = note;
    this.#filter.empty();
    this.#table.add(this.#pages).hide();
    this.#note.text(note);
  }

  #show(counts: Counts, messages: readonly ListedMessage[]): void {
    const t = this.#t;
    const total = this.#state === "" ? STATES.reduce((sum, state) => sum + counts[state], 0) : counts[this.#state];
    const first = this.#page * PAGE;
    const range = { from: first + 1, to: first + messages.length, total };
    this.#note.text(messages.length === 0 ? t("panel.none") : t("panel.page", range));
    keepingFocus(this.element, () => {
      this.#filter.empty().append(filterButtons(counts, this.#state, t, (state) => this.#look(state, 0)));
      const decide = (id: string, action: Decision) => void this.#decide(id, action);
      this.#rows.empty().append(messages.map((message) => messageRow(message, t, decide)));
    });
    this.#table.toggle(messages.length > 0);
    this.#pages.toggle(total > PAGE);
    this.#back.prop("disabled", this.#page === 0);
    this.#on.prop("disabled", first + PAGE >= total);
  }

  async #decide(message: string, action: Decision): Promise<void> {
    const problem = await settled(
      $.ajax({
        url: `${this.#url}/messages/${encodeURIComponent(message)}`,
        method: "POST",
        contentType: "application/json",
        data: JSON.stringify({ action }),
      }),
    );
    await this.#refresh();
    if (problem !== undefined) this.#note.text(this.#t("panel.failed", { reason: problem }));
  }
}

function tableHead(t: Translate): JQuery {
  const names = [t("panel.to"), t("panel.text"), t("panel.state"), t("panel.decision")];
  return $("<thead>").append($("<tr>").append(names.map((name) => $('<th scope="col">').text(name))));
}

function filterButtons(
  counts: Counts,
  chosen: State | "",
  t: Translate,
  choose: (state: State | "") => void,
): JQuery[] {
  const one = (state: State | "", text: string) =>
    button(text, `filter-${state}`, () => choose(state))
      .attr("aria-pressed", String(state === chosen))
      .toggleClass("selected", state === chosen);
  return [one("", t("panel.all")), ...STATES.map((state) => one(state, `${stateName(state, t)} ${counts[state]}`))];
}

/** Everything as text: a message can hold anything. */
function messageRow(message: ListedMessage, t: Translate, decide: (id: string, action: Decision) => void): JQuery {
  const { id, to, text, state, attempts, updatedAt, error, account, possibleDuplicate } = message;
  const small = (words: string, kind = "") => $("<small>").addClass(kind).text(words);
  const facts = [
    small(new Date(updatedAt).toLocaleString()),
    small(t("panel.attempts", { count: attempts })),
    ...(possibleDuplicate ? [small(t("panel.possibleDuplicate"))] : []),
    ...(error ? [small(error.message, "messaging-error")] : []),
  ].flatMap((fact) => [$("<br>"), fact]);
  const mayDecide = RED.user.hasPermission("messaging.write");
  const actions = DECISIONS.filter(([, states]) => mayDecide && states.includes(state)).map(([action]) => {
    const { label, hint } = decisionTexts(action, t);
    return button(label, `${action}-${id}`, () => decide(id, action)).attr("title", hint);
  });
  return $("<tr>").append(
    $("<td>").append($("<span>").text(to), $("<br>"), small(account)),
    $("<td>").text(text),
    $("<td>").append($("<span>").text(stateName(state, t)), ...facts),
    $("<td>").append(actions),
  );
}

function button(text: string, key: string, press: () => void): JQuery {
  return $('<button type="button" class="red-ui-button red-ui-button-small">')
    .attr("data-key", key)
    .text(text)
    .on("click", press);
}

/** Who uses the keyboard stays on the button, although it is made anew. */
function keepingFocus(place: JQuery, work: () => void): void {
  const key = place.find(":focus").attr("data-key");
  work();
  if (key !== undefined) place.find(`[data-key="${CSS.escape(key)}"]`).trigger("focus");
}

function ask<Answer>(url: string, query: object = {}): Promise<Answer> {
  return Promise.resolve($.getJSON(url, query)) as Promise<Answer>;
}

/** Undefined when it went well, else what the runtime said. */
function settled(request: JQuery.jqXHR): Promise<string | undefined> {
  return Promise.resolve(request).then(
    () => undefined,
    (failure: unknown) => reason(failure) ?? "",
  );
}

function trouble(failure: unknown, t: Translate): string {
  const { status } = failure as Partial<JQuery.jqXHR>;
  if (status === 401 || status === 403) return t("panel.forbidden");
  return reason(failure) ?? t("panel.unreachable");
}

function reason(failure: unknown): string | undefined {
  const { responseJSON } = failure as { responseJSON?: { error?: { message?: string } } };
  return responseJSON?.error?.message;
}

/** Below the form: what is in the outbox, as long as the form is open. */
addExtra("messaging-outbox", {
  prepare(form, node, t) {
    form.append(new Panel(node, t).element);
  },
});
