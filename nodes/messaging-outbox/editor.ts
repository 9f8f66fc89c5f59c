import { STATES, type State } from "../../src/outbox/states.ts";
import type { Decision, ListedMessage } from "../../src/outbox/contract.ts";
import { addExtra } from "../kit/editor/extras.ts";
import { inWords, viewerLanguage } from "../kit/editor/locale.ts";
import type { EditorNode, Translate } from "../kit/editor/red.ts";
import { button, keepingFocus } from "./browser/buttons.ts";
import { messageRows, stateName } from "./browser/message-rows.ts";
import { css } from "./browser/panel-style.ts";

type Counts = Record<State, number>;

/** Without counts it cannot be opened, or is not deployed. */
interface OutboxState {
  readonly counts?: Counts;
  readonly problem?: { readonly message: string };
}

const REFRESH_MS = 3000;
const PAGE = 20;

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
      const { counts, problem } = await ask<OutboxState>(this.#url, { form: true });
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
    const [from = "", to = "", of = ""] = [first + 1, first + messages.length, total].map(inWords);
    this.#note.text(messages.length === 0 ? t("panel.none") : t("panel.page", { from, to, total: of }));
    keepingFocus(this.element, () => {
      this.#filter.empty().append(filterButtons(counts, this.#state, t, (state) => this.#look(state, 0)));
      const decide = (id: string, action: Decision) => void this.#decide(id, action);
      this.#rows.empty().append(messages.flatMap((message) => messageRows(message, t, decide)));
    });
    this.#table.toggle(messages.length > 0);
    this.#pages.toggle(total > PAGE);
    this.#back.prop("disabled", this.#page === 0);
    this.#on.prop("disabled", first + PAGE >= total);
  }

  async #decide(message: string, action: Decision): Promise<void> {
    const problem = await settled(
      $.ajax({
        url: `${this.#url}/messages/${encodeURIComponent(message)}?${$.param({ lang: viewerLanguage() })}`,
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
  const names = [t("panel.to"), t("panel.text"), t("panel.state")];
  return $("<thead>").append($("<tr>").append(names.map((name) => $('<th scope="col">').text(name))));
}

function filterButtons(
  counts: Counts,
  chosen: State | "",
  t: Translate,
  choose: (state: State | "") => void,
): JQuery[] {
  const one = (state: State | "", text: string) =>
    button(text, `filter-${state}`, () => choose(state)).attr("aria-pressed", String(state === chosen));
  return [
    one("", t("panel.all")),
    ...STATES.map((state) => one(state, `${stateName(state, t)} ${inWords(counts[state])}`)),
  ];
}

function ask<Answer>(url: string, query: object = {}): Promise<Answer> {
  return Promise.resolve($.getJSON(url, { ...query, lang: viewerLanguage() })) as Promise<Answer>;
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
