import { Unanswered, type Client, type Shown } from "./client.ts";
import { h } from "./dom.ts";
import { InboxPanel } from "./inbox-panel.ts";
import { PhonesPanel } from "./phones-panel.ts";
import { ResultsPanel } from "./results-panel.ts";
import { Tabs } from "./tabs.ts";
import { watch } from "./watch.ts";
import { t } from "./words.ts";

export interface ViewOptions {
  readonly client: Client;
  readonly mayReply: boolean;
  /** Beside the tabs. */
  readonly corner?: HTMLElement;
  readonly reveal?: (node: string) => void;
  /** What to offer to who is not logged in. */
  readonly login?: HTMLElement;
}

/** All of it, the same in the sidebar and on the page. */
export function phoneView({ client, mayReply, corner, reveal, login }: ViewOptions): HTMLElement {
  const panels = [new PhonesPanel(client, mayReply), new InboxPanel(client), new ResultsPanel(reveal)];
  const labels = [t("tab.phones"), t("tab.emails"), t("tab.results")];
  const keys = ["phones", "emails", "results"];
  const tabs = new Tabs(
    panels.map(({ element }, index) => ({ key: keys[index] ?? "", label: labels[index] ?? "", element })),
    t("title"),
  );
  const trouble = h("p", { class: "mp-trouble", role: "alert", hidden: true });
  const news = h("p", { class: "mp-unseen", role: "status", "aria-live": "polite" });
  const body = h("div", { class: "mp-body" }, ...tabs.panels);
  const element = h(
    "div",
    { class: "messaging-phone" },
    h("div", { class: "mp-bar" }, tabs.bar, corner),
    trouble,
    body,
    news,
  );
  const announce = announcer(news);

  const name = () =>
    panels.forEach(({ count, unseen }, index) => {
      const label = labels[index] ?? "";
      tabs.name(index, count > 0 && index < 2 ? `${label} ${count}` : label, unseen > 0);
    });
  name();
  const show = (shown: Shown) => {
    for (const panel of panels) panel.show(shown);
    name();
    announce(shown);
  };
  watch(element, async (signal) => {
    try {
      show(await client.shown(signal));
      trouble.hidden = true;
      body.hidden = false;
      return true;
    } catch (thrown) {
      if (signal.aborted) return false;
      const status = thrown instanceof Unanswered ? thrown.status : -1;
      trouble.replaceChildren(wordsFor(status), ...(login && isRefused(status) ? [" ", login] : []));
      trouble.hidden = false;
      body.hidden = isRefused(status);
      return false;
    }
  });
  return element;
}

function isRefused(status: number): boolean {
  return status === 401 || status === 403;
}

function wordsFor(status: number): string {
  if (isRefused(status)) return t("trouble.login");
  return status === 0 ? t("trouble.unreachable") : t("trouble.failed");
}

/** Says what has come since the last time, for those who hear the page. What was there at first is no news. */
function announcer(place: HTMLElement): (shown: Shown) => void {
  let known: Set<string> | undefined;
  return ({ sandboxes }) => {
    const all = sandboxes.flatMap(({ provider, messages }) =>
      messages.map((one) => ({ ...one, key: `${provider} ${one.id}` })),
    );
    const fresh = known === undefined ? [] : all.filter(({ key }) => !known?.has(key));
    known = new Set(all.map(({ key }) => key));
    const [first, ...others] = fresh;
    if (!first) return;
    place.textContent =
      others.length === 0 ? t("news.one", { to: first.to }) : t("news.several", { count: fresh.length });
  };
}
