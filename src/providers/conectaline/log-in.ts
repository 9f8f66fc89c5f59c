import { asMessagingError, MessagingError } from "../../error.ts";
import { encodeForm, FORM_TYPE } from "../../form.ts";
import type { Explanation, HttpRequest, Reply } from "../../http-request.ts";
import { asId, asNumber, isRecord } from "../../json.ts";
import type { Session } from "../../provider.ts";
import { parseTime } from "../../time.ts";
import { read, without } from "./answer.ts";
import { explain } from "./words.ts";

/** A token is renewed this long before its end, but never in more than the last tenth of its life. */
const MARGIN_MS = 60_000;

/** Milliseconds would be larger than this in every year since 1973, seconds smaller until 5138. */
const SECONDS_UNTIL = 1e11;

/** A login's token. */
export interface Token {
  readonly value: string;
  /** Epoch milliseconds. */
  readonly obtainedAt: number;
  readonly renewAt: number;
  /** Infinity where the provider does not tell. */
  readonly endsAt: number;
}

/** Asks for a token. Rejects with outcome `not-sent`: a login sends no message. `now`: epoch milliseconds. */
export async function logIn(session: Session, now: () => number): Promise<Token> {
  const { email = "", password = "" } = session.credentials;
  const request: HttpRequest = {
    operation: "login",
    method: "POST",
    url: `${session.baseUrl}/login`,
    headers: { accept: "application/json", "content-type": FORM_TYPE },
    body: encodeForm({ email, password }),
    apart: true,
    urgent: true,
    explain: explainLogin,
  };
  try {
    const reply = await session.request(request).catch((error: unknown) => {
      // A login sends no message, so one whose answer was lost is made again.
      if (isLost(error)) return session.request(request);
      throw error;
    });
    const { data } = read(request, asSent(reply), true);
    const fields = isRecord(data) ? data : {};
    const value = asId(fields.token);
    if (value === undefined) throw without("token", { request });
    session.conceal(value);
    const obtainedAt = now();
    const lifeMs = lifetimeMs(fields, session.timeZone, obtainedAt);
    const endsAt = obtainedAt + lifeMs;
    return { value, obtainedAt, renewAt: endsAt - Math.min(MARGIN_MS, lifeMs / 10), endsAt };
  } catch (error) {
    throw nothingSent(asMessagingError(error));
  }
}

/**
 * The reply as it came: a session blanks all credentials in what it gives, in base64 too, and a token may hold its owner's
 * e-mail. An answer that is no JSON is left to the session, which says what it was instead.
 */
function asSent(reply: Reply): Reply {
  try {
    const value: unknown = JSON.parse(reply.body.toString("utf8"));
    const { status, headers, body } = reply;
    return { status, headers, body, text: () => reply.text(), json: () => value };
  } catch {
    return reply;
  }
}

/** A fault of the server's leaves a login undone, unlike a send. */
function explainLogin(reply: Reply): Explanation | undefined {
  const said = explain(reply);
  return reply.status >= 500 && reply.status <= 599 ? { ...said, outcome: "not-sent" } : said;
}

function isLost(error: unknown): boolean {
  return error instanceof MessagingError && error.code === "UNREACHABLE" && error.cause.outcome === "unknown";
}

/** Whatever becomes of a login, the message that it was for has not left. */
function nothingSent(error: MessagingError): MessagingError {
  const { outcome, retryable, httpStatus } = error.cause;
  if (outcome === "not-sent") return error;
  if (outcome === "unknown") {
    return error.with(
      { outcome: "not-sent", retryable: error.code !== "CANCELLED" && error.code !== "BAD_REPLY" },
      "The login got no answer that can be used, so nothing was sent. Check the account's base URL; if it is right, try again later.",
    );
  }
  // A login's only reason to refuse is what it was given.
  const isRefusal = error.code === "REJECTED" && [200, 400, 422].includes(httpStatus ?? 0);
  return (isRefusal ? asBadCredentials(error) : error).with({ outcome: "not-sent", retryable });
}

function asBadCredentials(error: MessagingError): MessagingError {
  return new MessagingError(`${error.message} Check the account's e-mail and password.`, {
    ...error.cause,
    code: "BAD_CREDENTIALS",
  });
}

/** Milliseconds that the token lives; Infinity where the reply does not tell, so that its refusal will. */
function lifetimeMs(fields: Readonly<Record<string, unknown>>, timeZone: string, now: number): number {
  // Seconds are a guess (providers.md). If it were anything else, a token would be renewed early, or after a 401.
  const seconds = asNumber(fields.expires_in);
  if (seconds !== undefined && seconds > 0) return seconds * 1000;
  const end = moment(fields.expires_at, timeZone);
  return end !== undefined && end > now ? end - now : Infinity;
}

/** Epoch milliseconds of a time whose form the document leaves open. */
function moment(value: unknown, timeZone: string): number | undefined {
  const number = asNumber(value);
  if (number !== undefined) return number < SECONDS_UNTIL ? number * 1000 : number;
  try {
    return parseTime(value, timeZone).getTime();
  } catch {
    return undefined;
  }
}
