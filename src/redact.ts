import type { HttpRequest } from "./http-request.ts";

const MARK = "[redacted]";

/** Shorter secrets would blank half of every text. */
const MIN_SECRET = 4;

/** Least base64 characters by which a secret is recognised inside a longer base64 text. */
const MIN_CORE = 8;

const BASE64 = /[\w+/-]/;

/** Characters in a row that must be the same as in the request before they count as an echo of it. */
const MIN_ECHO = 10;

/** A whole value of the request is an echo from this length on, where it stands as a word of its own. */
const MIN_WORD = 4;

/** Digits at the end by which a number is recognised, whatever stands before and between them. */
const NUMBER_END = 8;

/** Part of a path that names a call; what a flow asks about has digits or is encoded. */
const NAME = /^[A-Za-z_.-]*$/;

/** Digits with what people put between them. */
const WRITTEN_DIGITS = /\+?\(?\d(?:[\s().\u2010-\u2015-]{0,3}\d)+/g;

/** Characters of a provider's words that are looked at. */
const MAX_WORDS = 400;

/**
 * A function that replaces every secret in strings, and in the strings and keys of plain JSON, by `[redacted]`: as it is,
 * URL-, form- and JSON-encoded, in base64, and anywhere inside longer base64, such as the user and password of Basic auth.
 * Secrets of fewer than 4 characters are left alone. What holds no secret is given back as it is, not copied.
 */
export function redactor(secrets: readonly string[]): <T>(value: T) => T {
  const known = secrets.filter((secret) => secret.length >= MIN_SECRET);
  if (known.length === 0) return (value) => value;
  const pattern = patternOf(known, secrets);
  const cores = known.flatMap(base64Cores);
  const inString = (text: string) => cores.reduce(withoutRunAround, text).replace(pattern, MARK);
  return <T>(value: T): T => mapStrings(value, inString, new Map()) as T;
}

/**
 * A provider's words (their first 400 characters) without what they repeat of the request's values: an error must hold
 * neither a message's text nor a credential. Names of parameters stay, since the words may be about them.
 */
export function withoutEcho(words: string, request: Pick<HttpRequest, "url" | "headers" | "body">): string {
  const values = valuesOf(request);
  const text = withoutNumbers(withoutWords(words.slice(0, MAX_WORDS), values), values);
  const sent = values.flatMap((value) => encodings(value)).join("\n");
  let kept = "";
  for (let at = 0; at < text.length;) {
    let end = at + MIN_ECHO;
    if (end > text.length || !sent.includes(text.slice(at, end))) {
      kept += text.charAt(at++);
      continue;
    }
    while (end < text.length && sent.includes(text.slice(at, end + 1))) end++;
    kept += "…";
    at = end;
  }
  return kept;
}

/** Without short values, such as a code of six digits; a longer one is found in parts too. */
function withoutWords(text: string, values: readonly string[]): string {
  const short = values.map((value) => value.trim()).filter(({ length }) => length >= MIN_WORD && length < MIN_ECHO);
  const forms = [...new Set(short.flatMap(encodings))].sort((a, b) => b.length - a.length);
  if (forms.length === 0) return text;
  return text.replace(
    new RegExp(`(?<![\\p{L}\\p{N}_])(?:${forms.map(inUnicode).join("|")})(?![\\p{L}\\p{N}_])`, "gu"),
    "…",
  );
}

/** Without the request's phone numbers, with or without their country and separators. */
function withoutNumbers(text: string, values: readonly string[]): string {
  const ends = values.filter((value) => /^\+?\d{8,15}$/.test(value)).map((value) => value.slice(-NUMBER_END));
  return text.replace(WRITTEN_DIGITS, (run) => {
    const digits = run.replace(/\D/g, "");
    return ends.some((end) => digits.includes(end)) ? "…" : run;
  });
}

/** A text as part of an expression with the flag u, which takes no needless escapes. */
function inUnicode(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** One expression for all forms that a secret takes on its own, longest first: no form is cut by a shorter one inside it. */
function patternOf(known: readonly string[], all: readonly string[]): RegExp {
  const pairs = known.flatMap((one) => all.flatMap((other) => [`${one}:${other}`, `${other}:${one}`]));
  const forms = new Set([...known.flatMap(encodings), ...[...known, ...pairs].flatMap(base64Forms)]);
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map(anyPercentCase).join("|"), "g");
}

/** Takes out every run of base64 characters that holds the core. */
function withoutRunAround(text: string, core: string): string {
  let at = text.indexOf(core);
  if (at < 0) return text;
  let kept = "";
  let from = 0;
  for (; at >= 0; at = text.indexOf(core, from)) {
    let start = at;
    while (start > from && BASE64.test(text.charAt(start - 1))) start--;
    let end = at + core.length;
    while (BASE64.test(text.charAt(end))) end++;
    while (text.charAt(end) === "=") end++;
    kept += text.slice(from, start) + MARK;
    from = end;
  }
  return kept + text.slice(from);
}

function encodings(text: string): string[] {
  const form = new URLSearchParams([["", text]]).toString().slice(1);
  return [...new Set([text, encodeURIComponent(wellFormed(text)), form, JSON.stringify(text).slice(1, -1)])];
}

/** Half a surrogate pair, on which encodeURIComponent throws, as what encoders write instead of it. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function base64Forms(text: string): string[] {
  const standard = Buffer.from(text).toString("base64");
  const url = Buffer.from(text).toString("base64url");
  return [standard, standard.replace(/=+$/, ""), url, encodeURIComponent(standard)];
}

/**
 * What a text becomes inside longer base64, for each of the three ways in which it can lie across the groups of three
 * bytes: the characters at its ends, which its neighbours take part in, are left out.
 */
function base64Cores(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].flatMap((offset) => {
    const start = Math.ceil((offset * 8) / 6);
    const end = Math.floor(((offset + bytes.length) * 8) / 6);
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]);
    const forms = [encoded.toString("base64"), encoded.toString("base64url")];
    return forms.map((form) => form.slice(start, end)).filter((core) => core.length >= MIN_CORE);
  });
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** `%2f` and `%2F` are the same. */
function anyPercentCase(form: string): string {
  return escape(form).replace(/%[0-9A-F]{2}/g, (code) => {
    return code.replace(/[A-F]/g, (digit) => `[${digit}${digit.toLowerCase()}]`);
  });
}

/** `done` keeps what became of each object, so that a cycle ends. */
function mapStrings(value: unknown, change: (text: string) => string, done: Map<object, unknown>): unknown {
  if (typeof value === "string") return change(value);
  if (!isPlain(value)) return value;
  if (done.has(value)) return done.get(value);
  done.set(value, value);
  const before = Object.entries(value);
  const after = before.map(([key, inner]) => [change(key), mapStrings(inner, change, done)] as const);
  if (after.every(([key, inner], at) => key === before[at]?.[0] && inner === before[at][1])) return value;
  const copy = Array.isArray(value) ? after.map(([, inner]) => inner) : Object.fromEntries(after);
  done.set(value, copy);
  return copy;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The values of a request's address, body and headers, decoded. */
function valuesOf({ url, headers = {}, body = "" }: Pick<HttpRequest, "url" | "headers" | "body">): string[] {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  const path = (address?.pathname.split("/") ?? []).filter((part) => !NAME.test(part)).map(decoded);
  const query = [...(address?.searchParams.values() ?? [])];
  const text = typeof body === "string" || Buffer.isBuffer(body) ? body.toString() : "";
  const parts = /^\s*[[{]/.test(text) ? [text] : [...new URLSearchParams(text).values()];
  return [...path, ...query, ...parts, ...Object.values(headers)].flatMap(stringsIn);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** A list of messages travels as JSON inside a value. */
function stringsIn(value: unknown): string[] {
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(stringsIn);
  if (typeof value === "number") return [String(value)];
  if (typeof value !== "string") return [];
  if (!/^\s*[[{]/.test(value)) return [value];
  try {
    return stringsIn(JSON.parse(value));
  } catch {
    return [value];
  }
}
