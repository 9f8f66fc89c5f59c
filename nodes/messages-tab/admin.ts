import type { NodeAPI } from "node-red";
import { Refusal } from "../../src/refusal.ts";
import { adminOf, type AdminRequest } from "../kit/admin.ts";
import { contentPolicy, page } from "./page.ts";
import { asWritten } from "./written.ts";
import { lastResultsShown } from "./results.ts";

interface Response {
  set(headers: Readonly<Record<string, string>>): Response;
  status(code: number): Response;
  type(type: string): Response;
  json(body: unknown): unknown;
  send(body: unknown): unknown;
}

type Handler = (request: AdminRequest, response: Response) => Promise<unknown>;

/** What the tab and the page ask for. The page itself holds no data: it asks as its reader. */
export function registerAdminRoutes(RED: NodeAPI): void {
  const admin = adminOf(RED);
  const read = RED.auth.needsPermission("flows.read");
  const write = RED.auth.needsPermission("flows.write");
  admin?.get("/messaging/phone", (_request: AdminRequest, response: Response) => {
    response.set({ "cache-control": "no-cache", "content-security-policy": contentPolicy }).type("html").send(page);
  });
  admin?.get("/messaging/phone/messages", read, guarded(list));
  admin?.get("/messaging/phone/:provider/messages/:id", read, guarded(one));
  admin?.get("/messaging/phone/:provider/images/:id", read, guarded(image));
  admin?.post("/messaging/phone/:provider/replies", write, guarded(reply));
}

async function list(_request: AdminRequest, response: Response): Promise<void> {
  const { phones } = await sandbox();
  const [sandboxes, results] = await Promise.all([phones(), lastResultsShown()]);
  response.json({ sandboxes, results });
}

async function one({ params: { provider = "", id = "" } }: AdminRequest, response: Response): Promise<void> {
  const message = await (await sandbox()).phoneMessage(provider, id);
  if (!message) throw new Refusal(404, "The sandbox has forgotten this message.");
  response.json(message);
}

async function image({ params: { provider = "", id = "" } }: AdminRequest, response: Response): Promise<void> {
  const file = await (await sandbox()).phoneImage(provider, id);
  if (!file) throw new Refusal(404, "The sandbox has forgotten this image.");
  // By its bytes, and never as a page: what a flow sends may be anything.
  const { imageType } = await import("../../src/image.ts");
  const type = imageType(file.data) ?? "application/octet-stream";
  response.set({ "x-content-type-options": "nosniff", "content-security-policy": "sandbox" });
  response.type(type).send(file.data);
}

async function reply(request: AdminRequest, response: Response): Promise<void> {
  // A form on another page can post anything but JSON.
  if (!request.is("json")) throw new Refusal(415, "Send JSON.");
  const taken = await (await sandbox()).replyFrom(request.params.provider ?? "", asWritten(request.body));
  if (taken === undefined) throw new Refusal(404, "This provider's sandbox was not used yet.");
  response.json({ taken });
}

/** Loaded when somebody looks, and not with the editor. */
function sandbox() {
  return import("../../src/sandbox/index.ts");
}

/** Answers every failure, so that none comes to Node-RED. */
function guarded(handle: Handler) {
  return (request: AdminRequest, response: Response): void => {
    response.set({ "cache-control": "no-store" });
    handle(request, response).catch((thrown: unknown) => {
      const isRefusal = thrown instanceof Refusal;
      const message = isRefusal ? thrown.message : "The sandbox failed. Node-RED's log may say more.";
      response.status(isRefusal ? thrown.status : 500).json({ error: { message } });
    });
  };
}
