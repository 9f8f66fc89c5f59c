import { h } from "./dom.ts";
import { t } from "./words.ts";

/** Nothing runs, nothing is loaded, nothing is sent; an image that is part of the text may be seen. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'";

/** What could load, run or lead away; the policy and the frame's sandbox stand behind this. */
const UNWANTED = "script, iframe, frame, frameset, object, embed, applet, form, meta, base, link, portal, template";

/** Attributes that name an address, besides scripts. */
const ADDRESSES = ["href", "xlink:href", "action", "formaction", "srcset", "ping", "background", "target", "poster"];

/** The body of an e-mail: HTML in a frame where no script runs and nothing is loaded, all else as text. */
export function emailBody(text: string, subject: string): HTMLElement {
  if (!/<[a-z!/][^>]*>/i.test(text)) return h("pre", { dir: "auto", tabindex: "0" }, text);
  const title = t("email.body", { subject });
  return h("iframe", { sandbox: "", srcdoc: harmless(text), title, referrerpolicy: "no-referrer" });
}

function harmless(html: string): string {
  // A document of its own, which is never shown: nothing in it runs or loads.
  const parsed = new DOMParser().parseFromString(html, "text/html");
  for (const element of parsed.querySelectorAll(UNWANTED)) element.remove();
  for (const element of parsed.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      const isRemote = name === "src" && !/^data:image\//i.test(value.trim());
      if (isRemote || name.startsWith("on") || ADDRESSES.includes(name)) element.removeAttribute(name);
      else if (name === "style") element.setAttribute(name, withoutAddresses(value));
    }
  }
  for (const style of parsed.querySelectorAll("style")) style.textContent = withoutAddresses(style.textContent);
  const policy = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
  const scheme = `<meta name="color-scheme" content="light">`;
  const font = "<style>html{font-family:sans-serif;background:Canvas;color:CanvasText;overflow-wrap:anywhere}</style>";
  return `<!doctype html><html><head>${policy}${scheme}${font}${parsed.head.innerHTML}</head>${parsed.body.outerHTML}</html>`;
}

/** Styles that load nothing; what hides from this meets the policy, which says so in the console. */
function withoutAddresses(css: string): string {
  return css.replace(/@import[^;]*;?/gi, "").replace(/\b(?:url|image|image-set|src)\([^)]*\)/gi, "none");
}
