import { Client } from "./client.ts";
import { h } from "./dom.ts";
import { phoneView } from "./view.ts";
import { language, t } from "./words.ts";

/** What Node-RED tells of its theme: GET theme. */
interface Theme {
  readonly page?: { readonly css?: readonly string[] };
}

/** The phones on a page of their own, in the editor's language, colours and session. */
export function openPage(place: HTMLElement): void {
  const root = location.pathname.replace(/messaging\/phone\/?$/, "");
  document.documentElement.lang = language;
  document.title = t("title");
  document.body.classList.add("messaging-page");
  followTheme();
  void addOwnTheme(root);
  const client = new Client(root);
  const login = h("a", { href: root }, t("trouble.editor"));
  void client.mayReply().then((mayReply) => place.append(phoneView({ client, mayReply, login })));
}

/** Light, dark, or what the system says, as it was chosen in the editor. */
function followTheme(): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const chosen = localStorage.getItem("view-dark-theme");
    const isDark = chosen === "dark" || (chosen === "auto" && system.matches);
    document.documentElement.classList.toggle("nr-theme-dark", isDark);
  };
  system.addEventListener("change", apply);
  addEventListener("storage", apply);
  apply();
}

/** The style sheets of the theme in settings.js, if there is one. */
async function addOwnTheme(root: string): Promise<void> {
  const answer = await fetch(`${root}theme`).catch(() => undefined);
  if (!answer?.ok) return;
  const { page } = (await answer.json()) as Theme;
  for (const css of page?.css ?? []) document.head.append(h("link", { rel: "stylesheet", href: `${root}${css}` }));
}
