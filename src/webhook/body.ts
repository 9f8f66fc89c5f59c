import type { IncomingMessage } from "node:http";
import { Refusal } from "../refusal.ts";

/** What a body is written in; `none` where the request has no body. */
export type BodyType = "json" | "form" | "none";

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = /^(application|text)\/([\w.-]+\+)?json$/;

/** Reads off the headers alone how the body is to be read. Throws a Refusal with 415 for what is compressed or neither JSON nor form. */
export function bodyType({ headers }: Pick<IncomingMessage, "headers">): BodyType {
  if (headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0) return "none";
  if ((headers["content-encoding"] ?? "identity").trim().toLowerCase() !== "identity") {
    throw new Refusal(415, "send the body uncompressed");
  }
  const [type = ""] = (headers["content-type"] ?? "").toLowerCase().split(";", 1);
  if (type.trim() === FORM) return "form";
  if (JSON_TYPE.test(type.trim())) return "json";
  throw new Refusal(415, "send JSON or a form");
}

/**
 * Reads a body to its end, never keeping more than `most` bytes. Rejects with a Refusal: 413 when it is longer, 408 when the
 * signal is aborted first, 400 when the connection breaks.
 */
export function readBody(request: IncomingMessage, most: number, signal: AbortSignal): Promise<Buffer> {
  const tooLong = () => new Refusal(413, `the body is longer than ${most} bytes`);
  const late = () => new Refusal(408, "the request took too long");
  if (Number(request.headers["content-length"]) > most) return Promise.reject(tooLong());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (end: () => void) => {
      request.off("data", onData).off("end", onEnd).off("close", onBreak).off("error", onBreak);
      signal.removeEventListener("abort", onAbort);
      end();
    };
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > most) settle(() => reject(tooLong()));
      else chunks.push(chunk);
    };
    const onEnd = () => settle(() => resolve(wholeOf(chunks)));
    const onBreak = () => settle(() => reject(new Refusal(400, "the connection broke")));
    const onAbort = () => settle(() => reject(late()));
    if (signal.aborted) return void reject(late());
    signal.addEventListener("abort", onAbort);
    request.on("data", onData).on("end", onEnd).on("close", onBreak).on("error", onBreak);
  });
}

/** Most bodies come in one piece. */
function wholeOf(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  return first && chunks.length === 1 ? first : Buffer.concat(chunks);
}
