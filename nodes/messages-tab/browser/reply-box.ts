import { Unanswered, type Client } from "./client.ts";
import { h } from "./dom.ts";
import type { Phone } from "./model.ts";
import { t } from "./words.ts";

const MAX_TEXT = 1600;

/** The box below a phone to write back. What is written for one phone stays there while another is looked at. */
export class ReplyBox {
  readonly element: HTMLElement;
  readonly #client: Client;
  readonly #text = h("textarea", { rows: "1", maxlength: String(MAX_TEXT), dir: "auto" });
  readonly #send = h("button", { type: "submit", class: "mp-button" }, t("reply.send"));
  readonly #note = h("p", { class: "mp-note", role: "status" });
  readonly #drafts = new Map<string, string>();
  #phone: Phone | undefined;

  constructor(client: Client, mayReply: boolean) {
    this.#client = client;
    const form = h("form", { class: "mp-reply" }, this.#text, this.#send);
    this.element = h("div", {}, mayReply ? form : undefined, this.#note);
    if (!mayReply) this.#note.textContent = t("reply.forbidden");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#reply();
    });
    this.#text.addEventListener("keydown", (event) => {
      // Enter ends a word of those who compose their characters.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
  }

  on(phone: Phone): void {
    const before = this.#phone;
    this.#phone = phone;
    if (before?.key === phone.key) return;
    if (before) {
      this.#drafts.set(before.key, this.#text.value);
      this.#note.textContent = "";
    }
    this.#text.value = this.#drafts.get(phone.key) ?? "";
    this.#text.setAttribute("aria-label", t("reply.label", { number: phone.number }));
    this.#text.placeholder = t("reply.placeholder");
  }

  async #reply(): Promise<void> {
    const phone = this.#phone;
    const text = this.#text.value;
    if (!phone || text.trim() === "" || this.#send.disabled) return;
    this.#send.disabled = true;
    this.#note.textContent = t("reply.sending");
    const { provider, number, answersTo } = phone;
    try {
      const taken = await this.#client.reply(provider, { from: number, text, ...(answersTo && { to: answersTo }) });
      if (this.#phone === phone || this.#phone?.key === phone.key) this.#text.value = "";
      this.#drafts.delete(phone.key);
      this.#note.textContent = taken === 0 ? nobody(phone) : t("reply.taken");
    } catch (thrown) {
      const isForbidden = thrown instanceof Unanswered && (thrown.status === 401 || thrown.status === 403);
      this.#note.textContent = isForbidden ? t("reply.forbidden") : t("reply.failed");
    } finally {
      this.#send.disabled = false;
    }
  }
}

function nobody({ canBeAsked }: Phone): string {
  return [t("reply.nobody"), ...(canBeAsked ? [t("reply.asked")] : [])].join(" ");
}
