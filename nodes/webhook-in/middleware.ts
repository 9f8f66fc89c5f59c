import type { IncomingMessage, ServerResponse } from "node:http";
import { Refusal } from "../../src/refusal.ts";
import type { Handler } from "./layers.ts";

/** What settings.js has as `httpNodeMiddleware`: a function, a list of them, or nothing. */
export function middlewareOf(setting: unknown): Handler[] {
  const list: unknown[] = Array.isArray(setting) ? setting.flat(Infinity) : [setting];
  // Express passes a function of four parameters by unless there was an error.
  return list.filter((entry): entry is Handler => typeof entry === "function" && entry.length < 4);
}

/**
 * Sends a request through the middleware, as Node-RED's own http-in does before it reads the body. False when one of them
 * has answered it. Rejects with a Refusal when one of them is against it, or when the signal is aborted first.
 */
export async function passes(
  middleware: readonly Handler[],
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<boolean> {
  for (const handler of middleware) {
    if (!(await passesOne(handler, request, response, signal))) return false;
  }
  return true;
}

function passesOne(
  handler: Handler,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise<boolean>((resolve, reject) => {
    const late = () => reject(new Refusal(408, "the request took too long"));
    const answered = () => resolve(false);
    const next = (error?: unknown) => {
      response.off("close", answered);
      signal.removeEventListener("abort", late);
      if (error === undefined || error === null) resolve(true);
      else reject(new Refusal(statusOf(error), "refused"));
    };
    response.once("close", answered);
    signal.addEventListener("abort", late);
    // It may be an async function, whose promise Express would leave alone.
    new Promise((settle) => settle(handler(request, response, next))).catch(next);
  });
}

/** As Express reads it off an error; but 410 would make a provider forget the address. */
function statusOf(error: unknown): number {
  const { status, statusCode } = Object(error) as { status?: unknown; statusCode?: unknown };
  const given = Number(status ?? statusCode);
  return given >= 400 && given < 600 && given !== 410 ? given : 500;
}
