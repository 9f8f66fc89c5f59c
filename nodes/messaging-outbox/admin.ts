import type { NodeAPI } from "node-red";
import { asMessagingError } from "../../src/error.ts";
import type { Decision } from "../../src/outbox/contract.ts";
import { STATES, type State } from "../../src/outbox/states.ts";
import { Refusal } from "../../src/refusal.ts";
import { adminOf, type AdminRequest, type AdminResponse } from "../kit/admin.ts";
import { languageNamed } from "../kit/language.ts";
import { Words } from "../kit/words.ts";
import { definition } from "./definition.ts";
import type { Keeper, Open } from "./keeper.ts";

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

const DECISIONS: readonly Decision[] = ["resend", "drop", "accept"];

/** There is no such outbox, or it is not deployed. */
const UNDEPLOYED = 404;

/** It cannot be opened. */
const CLOSED = 503;

const PAGE = 50;
const MAX_PAGE = 500;

/**
 * What the panel asks for and what a person decides. Texts and numbers of messages are shown here and nowhere else, to
 * those only who may read them.
 */
export function registerAdminRoutes(RED: NodeAPI, find: (id: string) => Keeper | undefined): void {
  const admin = adminOf(RED);
  const read = RED.auth.needsPermission("messaging.read");
  const write = RED.auth.needsPermission("messaging.write");
  const answer =
    (work: (open: Open, request: AdminRequest) => Promise<unknown>) =>
    (request: AdminRequest, response: AdminResponse) => {
      response.set("cache-control", "no-store");
      const words = new Words(RED, definition.type, languageNamed(request.query.lang));
      void reply(find(request.params.id ?? ""), request, work, words)
        .then((said) => (request.query.form === undefined ? said : asState(said)))
        .then(({ status, body }) => response.status(status).json(body));
    };
  admin?.get(
    "/messaging/outbox/:id",
    read,
    answer(async ({ outbox }) => ({ counts: await outbox.counts() })),
  );
  admin?.get("/messaging/outbox/:id/messages", read, answer(list));
  admin?.post("/messaging/outbox/:id/messages/:mid", write, answer(decide));
}

/**
 * To a form (`?form=`) that an outbox is not deployed (`{}`) or cannot be opened (`problem`) is an answer to how it is, and no
 * failure: the browser would write an error to its console each time that an open form asks.
 */
function asState({ status, body }: Reply): Reply {
  if (status === UNDEPLOYED) return { status: 200, body: {} };
  return status === CLOSED ? { status: 200, body: { problem: (body as { error: unknown }).error } } : { status, body };
}

async function list({ outbox }: Open, { query }: AdminRequest): Promise<unknown> {
  const state = query.state === "" ? undefined : query.state;
  if (state !== undefined && !STATES.some((known) => known === state)) {
    throw new Refusal(400, `There is no such state; there are ${STATES.join(", ")}.`);
  }
  const messages = await outbox.messages({
    ...(state !== undefined && { state: state as State }),
    limit: whole(query, "limit", { preset: PAGE, least: 1, most: MAX_PAGE }),
    offset: whole(query, "offset", { preset: 0, least: 0, most: Number.MAX_SAFE_INTEGER }),
  });
  return { messages };
}

async function decide({ outbox, store }: Open, { params, body }: AdminRequest): Promise<unknown> {
  const { action } = Object(body) as { action?: unknown };
  const decision = DECISIONS.find((known) => known === action);
  if (!decision) throw new Refusal(400, `The action must be one of ${DECISIONS.join(", ")}.`);
  const id = params.mid ?? "";
  if (!(await store.row(id))) throw new Refusal(404, "There is no such message.");
  await outbox.decide(id, decision);
  return {};
}

async function reply(
  keeper: Keeper | undefined,
  request: AdminRequest,
  work: (open: Open, request: AdminRequest) => Promise<unknown>,
  words: Words,
): Promise<Reply> {
  try {
    // A form on another page can post anything but JSON.
    if (request.body !== undefined && Object.keys(Object(request.body) as object).length > 0 && !request.is("json")) {
      throw new Refusal(415, "Send JSON.");
    }
    if (!keeper) throw new Refusal(UNDEPLOYED, "There is no such outbox, or it is not deployed.");
    const open = await keeper.open().catch((error: unknown) => {
      throw new Refusal(CLOSED, words.ofError(asMessagingError(error)));
    });
    return { status: 200, body: await work(open, request) };
  } catch (thrown) {
    const isRefusal = thrown instanceof Refusal;
    const error = asMessagingError(thrown);
    const status = isRefusal ? thrown.status : error.code === "INVALID_MESSAGE" ? 409 : 500;
    return { status, body: { error: { message: isRefusal ? thrown.message : words.ofError(error) } } };
  }
}

function whole(
  query: AdminRequest["query"],
  name: string,
  { preset, least, most }: { preset: number; least: number; most: number },
): number {
  const given = query[name];
  if (given === undefined || given === "") return preset;
  const number = typeof given === "string" && /^\d+$/.test(given) ? Number(given) : NaN;
  if (number >= least && number <= most) return number;
  throw new Refusal(400, `"${name}" must be a whole number from ${least} to ${most}.`);
}
