import type { IncomingMessage, ServerResponse } from "node:http";

/** What is left of a refused request is thrown away unread for so long, so that its sender gets to read the answer. */
const LINGER_MS = 2000;
const LINGER_BYTES = 1_048_576;

/** Answers once, and lets go of a request that has not come to its end. */
export function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    ...headers,
  });
  response.end(text);
  if (!request.complete) linger(request);
}

function linger(request: IncomingMessage): void {
  let left = LINGER_BYTES;
  const timer = setTimeout(() => request.destroy(), LINGER_MS).unref();
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.resume();
  for (const event of ["end", "close", "error"]) request.once(event, () => clearTimeout(timer));
}
