import type { Client, Shown } from "./client.ts";
import { h } from "./dom.ts";
import { emailBody } from "./email-body.ts";
import { emailsOf, type Received } from "./model.ts";
import type { Panel } from "./panel.ts";
import { Split, type Row } from "./split.ts";
import { tick } from "./state.ts";
import { t, when } from "./words.ts";

/** The e-mails of all sandboxes. */
export class InboxPanel implements Panel {
  readonly element = h("div", { class: "mp-panel" });
  readonly #client: Client;
  readonly #empty = h("p", { class: "mp-empty" }, t("empty.emails"));
  readonly #split: Split;
  readonly #facts = h("div", { class: "mp-mail-head" });
  readonly #body = h("div", { class: "mp-mail-body" });
  readonly #seen = new Set<string>();
  #emails: readonly Received[] | undefined;
  #chosen: string | undefined;
  /** The e-mail whose body is shown. */
  #open: string | undefined;

  constructor(client: Client) {
    this.#client = client;
    const choose = (key: string | undefined) => {
      this.#chosen = key;
      this.#draw();
    };
    this.#split = new Split({ label: t("tab.emails"), back: t("email.back"), choose });
    this.#split.detail.append(h("article", { class: "mp-mail" }, this.#facts, this.#body));
    this.element.append(this.#empty, this.#split.element);
  }

  get count(): number {
    return this.#emails?.length ?? 0;
  }

  get unseen(): number {
    return (this.#emails ?? []).filter((email) => !this.#seen.has(keyOf(email))).length;
  }

  show(shown: Shown): void {
    const isFirst = this.#emails === undefined;
    this.#emails = emailsOf(shown);
    if (isFirst) for (const email of this.#emails) this.#seen.add(keyOf(email));
    this.#draw();
  }

  #draw(): void {
    const emails = this.#emails ?? [];
    const chosen = emails.find((email) => keyOf(email) === this.#chosen);
    this.#chosen = chosen && keyOf(chosen);
    if (chosen) this.#seen.add(keyOf(chosen));
    this.#empty.hidden = emails.length > 0;
    this.#split.element.hidden = emails.length === 0;
    this.#split.show(
      emails.map((email) => this.#row(email)),
      this.#chosen,
    );
    if (chosen) this.#show(chosen);
    else this.#open = undefined;
  }

  #row(email: Received): Row {
    const { to, subject = "", state, receivedAt } = email;
    const isNew = !this.#seen.has(keyOf(email));
    const content = [
      h("span", { class: "mp-line" }, h("strong", {}, h("bdi", {}, subject)), h("time", {}, when(receivedAt))),
      h("bdi", { class: "mp-preview" }, to),
      h("span", { class: "mp-line" }, tick(state), isNew ? h("span", { class: "mp-new" }, t("list.new")) : undefined),
    ];
    return { key: keyOf(email), content, isNew };
  }

  #show(email: Received): void {
    const { provider, id, subject = "", from, to, receivedAt, state } = email;
    const line = (name: string, ...value: (Node | string)[]) =>
      h("div", {}, h("span", { class: "mp-name" }, `${name} `), ...value);
    this.#split.title.textContent = subject;
    this.#facts.replaceChildren(
      ...(from === undefined ? [] : [line(t("email.from"), h("bdi", {}, from))]),
      line(t("email.to"), h("bdi", {}, to)),
      h("div", { class: "mp-line" }, h("time", {}, when(receivedAt)), tick(state)),
    );
    // The body stays as it is when only the state has changed.
    if (this.#open === keyOf(email)) return;
    this.#open = keyOf(email);
    this.#body.replaceChildren();
    const isMeant = () => this.#open === keyOf(email);
    this.#client.message(provider, id).then(
      ({ text }) => isMeant() && this.#body.replaceChildren(emailBody(text, subject)),
      () => isMeant() && this.#body.replaceChildren(h("em", {}, t("email.gone"))),
    );
  }
}

function keyOf({ provider, id }: Received): string {
  return `${provider} ${id}`;
}
