import { isUtf8 } from "node:buffer";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw } from "node:zlib";
import type { Reply } from "./http-request.ts";
import { parseExactly } from "./json.ts";
import { asError, failureVerdict } from "./verdict.ts";
import type { Attempt } from "./verdict.ts";

/** A reply is read this far, decompressed, and no further. */
export const MAX_REPLY_BYTES = 5 * 1024 * 1024;

/** Levels of nesting; no provider comes near, and a deeper value breaks whatever clones or prints it. */
const MAX_DEPTH = 64;

type Decompress = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const DECOMPRESS: Readonly<Record<string, Decompress>> = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  br: promisify(brotliDecompress),
  deflate: (body, options) => (isZlib(body) ? promisify(inflate) : promisify(inflateRaw))(body, options),
};

/** A reply that was read to its end and decompressed. */
export class ReceivedReply implements Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly #attempt: Attempt;
  #text: string | undefined;

  constructor(attempt: Attempt, status: number, headers: Readonly<Record<string, string>>, body: Buffer) {
    this.#attempt = attempt;
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  text(): string {
    return (this.#text ??= decode(this.body, this.headers["content-type"] ?? ""));
  }

  json(): unknown {
    const text = this.text();
    let value: unknown;
    try {
      value = parseJson(text);
    } catch {
      throw this.#unusable(whatInstead(text));
    }
    if (isDeeperThan(value, MAX_DEPTH)) throw this.#unusable("REPLY_DEEP");
    return value;
  }

  #unusable(cause: string): Error {
    return asError(failureVerdict(cause, this.#attempt), { attempts: 1, httpStatus: this.status });
  }
}

/** A reply that cannot be used; `code` as in the table of failures. */
class ReplyError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** Whether `content-encoding` says that the body must be decompressed first. */
export function isCompressed(contentEncoding: string | undefined): contentEncoding is string {
  return contentEncoding !== undefined && codings(contentEncoding).length > 0;
}

/**
 * Decompresses a body, up to MAX_REPLY_BYTES. Rejects with `code` REPLY_ENCODING for a coding that is unknown or not alone,
 * REPLY_TOO_LARGE, or REPLY_COMPRESSION for data that is damaged or broke off.
 */
export async function decompress(body: Buffer, contentEncoding: string): Promise<Buffer> {
  const [coding = "", another] = codings(contentEncoding);
  const method = Object.hasOwn(DECOMPRESS, coding) ? DECOMPRESS[coding] : undefined;
  if (!method || another !== undefined) throw new ReplyError("REPLY_ENCODING");
  if (body.length === 0) return body;
  try {
    return await method(body, { maxOutputLength: MAX_REPLY_BYTES });
  } catch (error) {
    const isBomb = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw new ReplyError(isBomb ? "REPLY_TOO_LARGE" : "REPLY_COMPRESSION");
  }
}

function codings(contentEncoding: string): string[] {
  const names = contentEncoding.split(",").map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== "" && name !== "identity");
}

/** `deflate` means the zlib format, but some servers send its bare contents (RFC 9110, 8.4.1.2). */
function isZlib(body: Buffer): boolean {
  return ((body[0] ?? 0) & 0x0f) === 8 && body.length > 1 && body.readUInt16BE(0) % 31 === 0;
}

/** UTF-8 unless the reply says otherwise, or is plainly something else; never throws. */
function decode(body: Buffer, contentType: string): string {
  const declared = /charset\s*=\s*["']?([^\s;"']+)/i.exec(contentType)?.[1];
  if (body[0] === 0xff && body[1] === 0xfe) return new TextDecoder("utf-16le").decode(body);
  const other = declared && !/^utf-?8$/i.test(declared) ? decoderFor(declared) : undefined;
  if (other) return other.decode(body);
  // Undeclared Latin-1 is what old servers send in their words: "Número inválido".
  if (!isUtf8(body)) return new TextDecoder("windows-1252").decode(body);
  return body.toString("utf8", body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0);
}

function decoderFor(charset: string): TextDecoder | undefined {
  try {
    return new TextDecoder(charset);
  } catch {
    return undefined;
  }
}

/**
 * JSON.parse makes `__proto__` an ordinary property, but whoever copies it onto another object replaces its prototype.
 * The name may be written in escapes.
 */
function parseJson(text: string): unknown {
  if (!/__proto__|\\u00[5-7]/i.test(text)) return parseExactly(text);
  return parseExactly(text, (key, value) => (key === "__proto__" ? undefined : value));
}

/** Why a text is no JSON, as a cause of the table of failures. */
function whatInstead(text: string): string {
  const start = text.trimStart();
  if (start === "") return "REPLY_EMPTY";
  if (start.startsWith("<")) return "REPLY_PAGE";
  return /^[[{"]/.test(start) ? "REPLY_CUT" : "REPLY_TEXT";
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}
