import { request as requestHttp, type RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import { encodeForm, FORM_TYPE } from "../form.ts";
import { isLoopback } from "../loopback.ts";
import { issuePass } from "./pass.ts";
import type { StandInCallback } from "./stand-in.ts";

/** For the whole call. */
const CALL_MS = 15_000;

/** Calls a webhook; resolves with the status of its answer. Rejects when there is none. */
export function callWebhook(url: string, { shape, fields }: StandInCallback, signal: AbortSignal): Promise<number> {
  const target = new URL(url);
  if (shape === "query") target.search = encodeForm(fields);
  const body = shape === "query" ? "" : shape === "json" ? JSON.stringify(fields) : encodeForm(fields);
  const type = shape === "json" ? "application/json" : FORM_TYPE;
  const pass = issuePass();
  const options = {
    method: shape === "query" ? "GET" : "POST",
    headers: {
      ...pass.headers,
      ...(body !== "" && { "content-type": type, "content-length": Buffer.byteLength(body) }),
    },
    agent: false,
    signal,
    timeout: CALL_MS,
    // Its certificate is made out for the name that the world knows it by.
    ...(isLoopback(target.hostname) && { rejectUnauthorized: false }),
  } satisfies RequestOptions & { rejectUnauthorized?: boolean };
  return new Promise((resolve, reject) => {
    const request = (target.protocol === "https:" ? requestHttps : requestHttp)(target, options, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on("timeout", () => request.destroy()).on("error", reject);
    request.on("close", () => {
      pass.revoke();
      reject(new Error("no answer"));
    });
    request.on("socket", (socket) => socket.unref());
    request.end(body);
  });
}
