import mustache from "mustache";
import { invalid } from "./error.ts";

/** Fills a text's `{{…}}` from a record. Throws INVALID_MESSAGE when a value cannot stand in a text. */
export type Render = (view: Readonly<Record<string, unknown>>) => string;

/** Tokens that one text may render: beyond it, nested sections would hold Node-RED for all others. */
const MAX_TOKENS = 100_000;

/** Longest `{{tag}}`: Mustache's search for its end is quadratic in blanks. */
const MAX_TAG = 5000;

/**
 * Prepares a Mustache template; a text without `{{` stays as it is. With `html`, the value of `{{x}}` is escaped where
 * the template itself has an HTML tag, that of `{{{x}}}` never; an SMS or a subject is never escaped. A name that the
 * record lacks renders as nothing. Only a record's own values are read, and none of them is ever called.
 * Throws INVALID_MESSAGE that names the fault and its place, not the text.
 */
export function compileTemplate(text: string, { html = false }: { html?: boolean } = {}): Render {
  if (!text.includes("{{")) return () => text;
  const writer = new PlainWriter();
  const tokens = parse(writer, text);
  const escape = html && hasHtmlTag(text) ? (value: unknown) => mustache.escape(asText(value)) : asText;
  return (view) => {
    writer.left = MAX_TOKENS;
    return writer.renderTokens(tokens, new OwnValues(view), {}, "", { escape });
  };
}

function hasHtmlTag(text: string): boolean {
  return /<\/?[a-z][a-z0-9]*[\s/>]/i.test(text);
}

function parse(writer: PlainWriter, text: string): string[][] {
  for (let open = text.indexOf("{{"); open >= 0; open = text.indexOf("{{", open + 2)) {
    const close = text.indexOf("}}", open);
    if (close < 0) throw invalid(`The template has "{{" without "}}" at character ${open + 1}. Close it.`);
    if (close - open > MAX_TAG) throw invalid(`The template's tag at character ${open + 1} is too long. Shorten it.`);
  }
  try {
    return writer.parse(text) as string[][];
  } catch (thrown) {
    // Mustache's own words hold a piece of the text: only their beginning and the place are kept.
    const [, fault, place] = /^(\w+ \w+).*? at (\d+)$/s.exec(String((thrown as Error).message)) ?? [];
    const where = place === undefined ? "" : ` at character ${Number(place) + 1}`;
    throw invalid(`The template has an error: ${(fault ?? "invalid tags").toLowerCase()}${where}. Correct it.`);
  }
}

/** A text's worth of a value; an object has none. */
function asText(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "" : value.toISOString();
  const parts = Array.isArray(value) ? value : [value];
  if (parts.some((part) => typeof part === "object" && part !== null)) {
    throw invalid(
      "A value that the template names is an object, which is no text. Name one of its properties, as in {{address.street}}.",
    );
  }
  return parts.map((part) => String(part ?? "")).join(",");
}

class PlainWriter extends mustache.Writer {
  left = MAX_TOKENS;

  override renderTokens(...call: Parameters<mustache.Writer["renderTokens"]>): string {
    this.left -= call[0].length;
    if (this.left < 0) throw invalid("The template's nested sections make the text too long. Simplify it.");
    return super.renderTokens(...call);
  }

  override unescapedValue(token: string[], context: mustache.Context): string {
    const value: unknown = context.lookup(token[1] ?? "");
    return value === undefined || value === null ? "" : asText(value);
  }
}

/** Looks names up among a record's own properties, so that neither prototypes nor functions are reached. */
class OwnValues extends mustache.Context {
  declare readonly parent: OwnValues | undefined;

  override push(view: unknown): OwnValues {
    return new OwnValues(view, this);
  }

  override lookup(name: string): unknown {
    if (name === ".") return uncallable(this.view);
    const [first = "", ...rest] = name.split(".");
    if (isOwn(this.view, first)) return rest.reduce(own, own(this.view, first));
    return this.parent?.lookup(name);
  }
}

function isOwn(value: unknown, name: string): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name);
}

function own(value: unknown, name: string): unknown {
  return isOwn(value, name) ? uncallable(value[name]) : undefined;
}

function uncallable(value: unknown): unknown {
  return typeof value === "function" ? undefined : value;
}
