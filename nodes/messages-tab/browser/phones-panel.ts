import type { Client, Shown } from "./client.ts";
import { Conversation } from "./conversation.ts";
import { h } from "./dom.ts";
import { phonesOf, type Phone } from "./model.ts";
import type { Panel } from "./panel.ts";
import { Split, type Row } from "./split.ts";
import { tick } from "./state.ts";
import { t, when } from "./words.ts";

/** A phone for each number. */
export class PhonesPanel implements Panel {
  readonly element = h("div", { class: "mp-panel" });
  readonly #empty = h("p", { class: "mp-empty" }, t("empty.phones"));
  readonly #conversation: Conversation;
  readonly #split: Split;
  /** How many entries of each phone were seen. */
  readonly #seen = new Map<string, number>();
  #phones: readonly Phone[] | undefined;
  #chosen: string | undefined;
  /** Once a person has chosen, or gone back, no phone opens by itself. */
  #isChosenByHand = false;

  constructor(client: Client, mayReply: boolean) {
    const choose = (key: string | undefined) => {
      this.#isChosenByHand = true;
      this.#chosen = key;
      this.#draw();
    };
    this.#split = new Split({ label: t("phone.list"), back: t("phone.back"), choose });
    this.#conversation = new Conversation(client, this.#split.title, mayReply);
    this.#split.detail.append(this.#conversation.element);
    this.element.append(this.#empty, this.#split.element);
  }

  get count(): number {
    return this.#phones?.length ?? 0;
  }

  get unseen(): number {
    return (this.#phones ?? []).filter((phone) => this.#isNew(phone)).length;
  }

  show(shown: Shown): void {
    const isFirst = this.#phones === undefined;
    this.#phones = phonesOf(shown);
    if (isFirst) for (const phone of this.#phones) this.#see(phone);
    this.#draw();
  }

  #draw(): void {
    const phones = this.#phones ?? [];
    // Gone, as it can be after a restart of Node-RED.
    if (!phones.some(({ key }) => key === this.#chosen)) this.#chosen = undefined;
    const [newest, ...others] = phones;
    const opensItself = !this.#isChosenByHand && this.#chosen === undefined;
    if (newest && opensItself && (others.length === 0 || this.#split.isWide)) this.#chosen = newest.key;
    const chosen = phones.find(({ key }) => key === this.#chosen);
    if (chosen && this.element.offsetParent !== null) this.#see(chosen);
    this.#empty.hidden = phones.length > 0;
    this.#split.element.hidden = phones.length === 0;
    this.#split.show(
      phones.map((phone) => this.#row(phone)),
      this.#chosen,
    );
    if (chosen) this.#conversation.show(chosen);
  }

  #row(phone: Phone): Row {
    const { key, number, label, changedAt, entries } = phone;
    const last = entries.at(-1);
    const first = h(
      "span",
      { class: "mp-line" },
      h("strong", {}, h("bdi", {}, number)),
      h("time", {}, when(changedAt)),
    );
    const text = h("bdi", { class: "mp-preview" }, last?.text || t("phone.image"));
    const isNew = this.#isNew(phone);
    const content = [
      first,
      text,
      h(
        "span",
        { class: "mp-line" },
        label,
        last?.kind === "message" ? tick(last.state) : undefined,
        isNew ? h("span", { class: "mp-new" }, t("list.new")) : undefined,
      ),
    ];
    return { key, content, isNew };
  }

  #see({ key, entries }: Phone): void {
    this.#seen.set(key, entries.length);
  }

  #isNew({ key, entries }: Phone): boolean {
    return entries.length > (this.#seen.get(key) ?? 0);
  }
}
