import type { ShownResult } from "../results.ts";
import type { Shown } from "./client.ts";
import { button, fill, h } from "./dom.ts";
import type { Panel } from "./panel.ts";
import { tick } from "./state.ts";
import { nodeLabel, providerLabel, t, when } from "./words.ts";

/** The states of the last sends, of live accounts too, without anything of their content. */
export class ResultsPanel implements Panel {
  readonly element = h("div", { class: "mp-panel" });
  readonly unseen = 0;
  readonly #reveal: ((node: string) => void) | undefined;
  readonly #hint = h("p", { class: "mp-empty" });
  readonly #list = h("ul", { class: "mp-list mp-results" });
  #count = 0;
  #shown = "";

  /** `reveal`: shows a node on the workspace, where there is one. */
  constructor(reveal?: (node: string) => void) {
    this.#reveal = reveal;
    this.#list.setAttribute("aria-label", t("tab.results"));
    this.element.append(this.#hint, this.#list);
  }

  get count(): number {
    return this.#count;
  }

  show({ results }: Shown): void {
    const shown = JSON.stringify(results);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#count = results.length;
    this.#hint.textContent = results.length === 0 ? t("empty.results") : t("result.hint");
    fill(this.#list, ...[...results].reverse().map((result, index) => this.#row(result, index)));
  }

  #row(result: ShownResult, index: number): HTMLElement {
    const { node, name, type, to, at, provider, account, mode } = result;
    const label = providerLabel(provider);
    const title = name || nodeLabel(type);
    const sender = this.#reveal
      ? button(
          { class: "mp-link", "data-key": `${node} ${index}`, title: t("result.reveal") },
          () => this.#reveal?.(node),
          title,
        )
      : h("span", {}, title);
    const way = [label, account === label ? "" : account].filter(Boolean).join(" · ");
    const state = tick(result.state, wordOf(result));
    return h(
      "li",
      { class: "mp-result" },
      h("span", { class: "mp-line" }, state, h("time", {}, when(at))),
      h("span", { class: "mp-line" }, sender, to === undefined ? undefined : h("bdi", {}, to)),
      h(
        "span",
        { class: "mp-line" },
        way,
        mode === "sandbox" ? h("span", { class: "mp-new" }, t("mode.sandbox")) : undefined,
      ),
    );
  }
}

function wordOf({ state, code, accepted = 0, refused = 0, uncertain = 0 }: ShownResult): string | undefined {
  if (state === "error") return t(`error.${code ?? ""}`);
  // Whoever reads "failed" sends again, and pays and disturbs twice.
  if (state === "uncertain") return [t("result.uncertain"), ...(code ? [t(`error.${code}`)] : [])].join(" · ");
  if (state !== "several") return undefined;
  const counts = t("result.several", { accepted, refused });
  return uncertain > 0 ? `${counts}, ${t("result.andUncertain", { count: uncertain })}` : counts;
}
