import type { Client } from "./client.ts";
import { fill, h } from "./dom.ts";
import type { Entry, Phone, Received } from "./model.ts";
import { ReplyBox } from "./reply-box.ts";
import { tick } from "./state.ts";
import { t, when } from "./words.ts";

/** One phone: its number, what came to it and what was written on it, and the box to write. */
export class Conversation {
  readonly element = h("div", { class: "mp-phone" });
  readonly #client: Client;
  readonly #title: HTMLElement;
  /** By keyboard too, it can be scrolled. */
  readonly #log = h("ol", { class: "mp-log", tabindex: "0" });
  readonly #reply: ReplyBox;
  #shown = "";

  /** `title`: where the phone's number is written. */
  constructor(client: Client, title: HTMLElement, mayReply: boolean) {
    this.#client = client;
    this.#title = title;
    this.#reply = new ReplyBox(client, mayReply);
    this.element.append(this.#log, this.#reply.element);
  }

  show(phone: Phone): void {
    const shown = JSON.stringify(phone);
    if (shown === this.#shown) return;
    const isOther = !this.#shown.includes(JSON.stringify(phone.key));
    const isAtEnd = this.#log.scrollTop + this.#log.clientHeight >= this.#log.scrollHeight - 40;
    this.#shown = shown;
    const { number, label, entries } = phone;
    this.#title.replaceChildren(h("bdi", {}, number), " ", h("small", {}, label));
    this.#log.setAttribute("aria-label", t("phone.label", { number }));
    fill(this.#log, ...entries.map((entry) => this.#bubble(entry)));
    this.#reply.on(phone);
    if (isOther || isAtEnd) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #bubble(entry: Entry): HTMLElement {
    const text = h("p", { dir: "auto" }, entry.text);
    const time = h("time", { datetime: new Date(entry.receivedAt).toISOString() }, when(entry.receivedAt));
    if (entry.kind === "reply")
      return h("li", { class: "mp-bubble is-own" }, text, h("div", { class: "mp-facts" }, time));
    const { from, channel, state, deliverAt, imageId } = entry;
    const facts = [
      from === undefined ? undefined : h("bdi", {}, from),
      channel === "push" ? h("span", {}, t("phone.push")) : undefined,
      time,
      state === "scheduled" && deliverAt !== undefined
        ? tick(state, t("phone.scheduled", { time: when(deliverAt) }))
        : tick(state),
    ];
    return h(
      "li",
      { class: "mp-bubble", "data-id": entry.id },
      imageId === undefined ? undefined : this.#image(entry, imageId),
      entry.text === "" ? undefined : text,
      h("div", { class: "mp-facts" }, ...facts),
    );
  }

  #image({ provider }: Received, id: string): HTMLElement {
    const place = h("div", { class: "mp-image" });
    const gone = () => place.replaceChildren(h("em", {}, t("phone.noImage")));
    this.#client.image(provider, id).then((url) => {
      const image = h("img", { alt: t("phone.image"), src: url });
      image.addEventListener("load", () => (this.#log.scrollTop = this.#log.scrollHeight));
      image.addEventListener("error", gone);
      place.replaceChildren(image);
    }, gone);
    return place;
  }
}
