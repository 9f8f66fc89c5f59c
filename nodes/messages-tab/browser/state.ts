import type { SandboxState } from "../../../src/sandbox/stand-in.ts";
import type { ShownResult } from "../results.ts";
import { h } from "./dom.ts";
import { t } from "./words.ts";

type State = SandboxState | ShownResult["state"];

/** The tick before a state's word: one where it was taken, two where it arrived. */
const TICKS: Readonly<Record<State, string>> = {
  accepted: "✓",
  queued: "✓",
  sent: "✓",
  delivered: "✓✓",
  scheduled: "◷",
  undelivered: "✗",
  rejected: "✗",
  failed: "✗",
  error: "✗",
  cancelled: "⊘",
  unknown: "?",
  uncertain: "?",
  off: "⊘",
  several: "✓",
};

const BAD: readonly State[] = ["undelivered", "rejected", "failed", "error"];

/** A state as a tick and a word; another word where there is more to say. */
export function tick(state: State, word = state === "failed" ? t("state.failed") : t(`status.${state}`)): HTMLElement {
  const sign = h("span", { class: "mp-tick", "aria-hidden": "true" }, TICKS[state]);
  return h("span", { class: `mp-state${BAD.includes(state) ? " is-bad" : ""}`, "data-state": state }, sign, word);
}
