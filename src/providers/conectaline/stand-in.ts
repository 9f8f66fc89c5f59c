import { FORM_TYPE } from "../../form.ts";
import type { SandboxDesk, StandIn, StandInReply, StandInRequest } from "../../sandbox/stand-in.ts";
import { formatInZone } from "../../time.ts";
import { callbacks, stateOf } from "./stand-in-callbacks.ts";
import { Form, Refusal, TIME_ZONE } from "./stand-in-form.ts";
import { listConfigurations, listGroups } from "./stand-in-lists.ts";
import { pushCampaign, pushMultiple, pushSimple } from "./stand-in-sends.ts";
import type { Call, Purse } from "./stand-in-sends.ts";
import { Tokens } from "./stand-in-tokens.ts";

const CREDENTIALS = { apiToken: "sandbox-token", email: "sandbox@example.com", password: "sandbox-password" };

/** Euros that a new sandbox has. */
const FIRST_BALANCE = 10_000;

interface Route {
  readonly method: "GET" | "POST";
  answer(call: Call): unknown;
}

const ROUTES: Readonly<Record<string, Route>> = {
  "push/simple": { method: "POST", answer: pushSimple },
  "push/multiple": { method: "POST", answer: pushMultiple },
  "push/campaigns": { method: "POST", answer: pushCampaign },
  balance: { method: "GET", answer: balanceOf },
  api_configurations: { method: "GET", answer: ({ form }) => listConfigurations(form) },
  agendas: { method: "GET", answer: ({ form }) => listGroups(form) },
};

/**
 * Conectaline, played as strictly as its document. Any name of a configuration will do. A login's token lives for an hour.
 * To try what can go wrong, send to:
 *
 * | a number ending in | what happens |
 * |---|---|
 * | 0001 | the whole request is refused (422) |
 * | 0002 | becomes UNDELIVERED, as webhooks hear |
 * | 0003 | stays SENT |
 * | 0004 | this recipient is on the blacklist |
 * | 0005 | alone: a server error (500), so that nobody knows whether it was taken |
 * | 0006 | alone: too many requests (429), try again after a second |
 * | 0007 | alone: a reply without an id |
 * | 0008 | alone: an error inside a 200 |
 *
 * The configuration `unknown` is refused (404), and so is a campaign to other groups than 2, 3 and 4 (422).
 */
export function conectalineStandIn(): StandIn {
  const tokens = new Tokens();
  const purse: Purse = { balance: FIRST_BALANCE, lastId: 32_399_960 };
  return {
    credentials: CREDENTIALS,
    options: { configurationName: "sandbox" },
    callbacks,
    stateOf,
    answer(request, desk) {
      try {
        return answer(request, desk, tokens, purse);
      } catch (error) {
        if (error instanceof Refusal) return refused(error);
        throw error;
      }
    },
    errorBody: (status, text) => new Refusal(status, "ERROR", text).body,
  };
}

function answer(request: StandInRequest, desk: SandboxDesk, tokens: Tokens, purse: Purse): StandInReply {
  const parameters = parametersOf(request);
  if (request.path === "login") {
    checkMethod(request, "POST");
    return { status: 200, body: logIn(new Form(parameters), desk, tokens) };
  }
  authorise(request, parameters, desk, tokens);
  const route = Object.hasOwn(ROUTES, request.path) ? ROUTES[request.path] : undefined;
  if (!route) throw new Refusal(404, "NOT_FOUND", "There is no such call");
  checkMethod(request, route.method);
  const magic = magicOf(parameters.get("numbers"));
  return magic ?? { status: 200, body: route.answer({ form: new Form(parameters), desk, purse }) };
}

function checkMethod({ method }: StandInRequest, expected: string): void {
  if (method !== expected) throw new Refusal(405, "METHOD_NOT_ALLOWED", `Use ${expected}`);
}

/** The parameters of a POST belong in a form body (document, curl samples), those of a GET in the query. */
function parametersOf({ method, query, body, contentType }: StandInRequest): Map<string, string> {
  if (method !== "POST") return new Map(query);
  if (contentType !== FORM_TYPE) throw new Refusal(415, "UNSUPPORTED_MEDIA_TYPE", `Send ${FORM_TYPE}`);
  if (query.size > 0) throw new Refusal(400, "BAD_REQUEST", "The parameters of a POST belong in its body");
  return new Map(Object.entries(body).map(([name, value]) => [name, String(value)]));
}

function logIn(form: Form, desk: SandboxDesk, tokens: Tokens) {
  const email = form.text("email");
  const password = form.text("password");
  form.end();
  if (email !== CREDENTIALS.email || password !== CREDENTIALS.password) {
    throw new Refusal(401, "UNAUTHORIZED", "Wrong e-mail or password");
  }
  const { token, lifeMs } = tokens.issue(desk);
  const end = formatInZone(new Date(desk.now() + lifeMs), TIME_ZONE, "yyyy-MM-dd HH:mm:ss");
  return { data: { token, expires_in: lifeMs / 1000, expires_at: end } };
}

/** Takes the token out of the parameters: who asks shows it there or in a header, never in both (document, all samples). */
function authorise(
  { headers }: StandInRequest,
  parameters: Map<string, string>,
  desk: SandboxDesk,
  tokens: Tokens,
): void {
  const fixed = parameters.get("api_token");
  parameters.delete("api_token");
  if (fixed !== undefined && headers.authorization !== undefined) {
    throw new Refusal(400, "BAD_REQUEST", "Send either api_token or the header");
  }
  const [, bearer] = /^Bearer (\S+)$/.exec(String(headers.authorization ?? "")) ?? [];
  if (fixed === CREDENTIALS.apiToken || (bearer !== undefined && tokens.isGood(bearer, desk))) return;
  throw new Refusal(401, "UNAUTHORIZED", "The token is missing, wrong or old");
}

function balanceOf({ form, purse }: Call) {
  form.end();
  return { data: { balance: Math.round(purse.balance * 1000) / 1000, currency: "EUR" } };
}

/** What a send to a certain single number brings about instead of an answer. */
function magicOf(numbers = ""): StandInReply | undefined {
  const ending = numbers.includes(",") ? "" : numbers.slice(-4);
  if (ending === "0005") return refused(new Refusal(500, "INTERNAL_ERROR", "Internal error"));
  if (ending === "0006") {
    return { ...refused(new Refusal(429, "TOO_MANY_REQUESTS", "Too many requests")), headers: { "retry-after": "1" } };
  }
  if (ending === "0007") return { status: 200, body: { data: { result: "OK" } } };
  if (ending === "0008") return { ...refused(new Refusal(403, "FORBIDDEN", "This is not allowed")), status: 200 };
  return undefined;
}

function refused({ status, body }: Refusal): StandInReply {
  return { status, body };
}
