import type { NodeAPI } from "node-red";
import { isRecord } from "../../src/json.ts";
import { adminOf, type AdminRequest, type AdminResponse } from "./admin.ts";
import type { Question } from "./readings.ts";

/** Longer than any list of recipients that a person types into a form. */
const MAX_LENGTH = 10_000;

/** The admin applications that have the route: one for each Node-RED. */
const served = new WeakSet<object>();

/**
 * Lets the forms ask how the runtime would read a number, an address or a time. The value comes in the body, for addresses
 * of requests are logged; the library behind it is loaded at the first question, as by a first message.
 */
export function registerFormCheck(RED: NodeAPI): void {
  const admin = adminOf(RED);
  if (!admin || served.has(admin)) return;
  served.add(admin);
  const permission = RED.auth.needsPermission("messaging.read");
  admin.post("/messaging/check", permission, (request: AdminRequest, response: AdminResponse) => {
    response.set("cache-control", "no-store");
    void answer(RED, request).then(({ status, body }) => response.status(status).json(body));
  });
}

async function answer(RED: NodeAPI, request: AdminRequest): Promise<{ status: number; body: object }> {
  // A form on another page can post anything but JSON.
  if (!request.is("json")) return { status: 415, body: { error: { message: "Send JSON." } } };
  const question = questionOf(RED, request.body);
  if (!question) return { status: 400, body: { error: { message: "There is nothing here that can be checked." } } };
  try {
    const { reading } = await import("./readings.ts");
    return { status: 200, body: reading(question) };
  } catch {
    return { status: 422, body: { error: { message: "This cannot be read." } } };
  }
}

function questionOf(RED: NodeAPI, body: unknown): Question | undefined {
  if (!isRecord(body)) return undefined;
  const { kind, value, account, country = "", timeZone = "" } = body;
  const isNumber = typeof value === "number" && Number.isFinite(value);
  if (!isNumber && (typeof value !== "string" || value.length > MAX_LENGTH)) return undefined;
  const setting = (given: unknown) => filledIn(RED, account, String(given).slice(0, 100).trim());
  if (kind === "numbers") return { kind, value: String(value), country: setting(country) };
  if (kind === "addresses") return { kind, value: String(value) };
  return kind === "time" ? { kind, value, timeZone: setting(timeZone) } : undefined;
}

/** A setting of an account, for which an environment variable may stand: its group's and flow's own count too. */
function filledIn(RED: NodeAPI, account: unknown, value: string): string {
  if (!/^\$\{[^}]+\}$/.test(value)) return value;
  const node = RED.nodes.getNode(String(account));
  const found: unknown = RED.util.evaluateNodeProperty(value, "env", node, {});
  return typeof found === "string" ? found : "";
}
