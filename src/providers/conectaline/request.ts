import { asMessagingError, invalid, MessagingError } from "../../error.ts";
import { encodeForm, FORM_TYPE } from "../../form.ts";
import type { Parameters } from "../../form.ts";
import type { HttpRequest } from "../../http-request.ts";
import type { Session } from "../../provider.ts";
import { read } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { loginOf } from "./login.ts";
import { explain } from "./words.ts";

/** Builds the request; the parameter that shows who asks, if it is one, goes with the others. */
type Build = (identity: Parameters) => HttpRequest;

/** A GET: its parameters go into the query. */
export function ask(session: Session, operation: string, parameters: Parameters = {}): Promise<Answer> {
  return authorised(session, (identity) => {
    const query = encodeForm({ ...parameters, ...identity });
    return {
      operation,
      method: "GET",
      url: `${session.baseUrl}/${operation}${query && `?${query}`}`,
      headers: { accept: "application/json" },
      explain,
    };
  });
}

/** A POST that sends messages, as a form (document, curl samples). `isOneOfMany` gives it a time budget of its own. */
export function submit(
  session: Session,
  operation: string,
  parameters: Parameters,
  isOneOfMany = false,
): Promise<Answer> {
  return authorised(session, (identity) => ({
    operation,
    method: "POST",
    url: `${session.baseUrl}/${operation}`,
    headers: { accept: "application/json", "content-type": FORM_TYPE },
    body: encodeForm({ ...parameters, ...identity }),
    apart: isOneOfMany,
    explain,
  }));
}

/** The API configuration that every send names: it holds the sender. Throws MISSING_ACCOUNT when the account has none. */
export function configurationOf({ options }: Session): string {
  const name = options.configurationName?.trim();
  if (name) return name;
  throw invalid(
    "The account has no configuration name. Write the name of an API configuration, as the provider's console shows it, " +
      "into the account; in sandbox mode any name will do.",
    "MISSING_ACCOUNT",
    { kind: "noConfiguration" },
  );
}

/** With a fixed token, a parameter and no header; with a login, a header and no parameter (document, all samples). */
async function authorised(session: Session, build: Build): Promise<Answer> {
  const auth = session.options.auth || "token";
  if (auth === "login") return loggedIn(session, build({}));
  if (auth === "token") return answerTo(session, build({ api_token: session.credentials.apiToken }));
  throw invalid(`"${auth}" is no way to sign in: choose token or login in the account.`, "MISSING_ACCOUNT");
}

/**
 * A refused token was turned away before the request was looked at: after a new login, which all who meet this share, the
 * request is sent once more. Rejects with BAD_CREDENTIALS when a token fresh from its login is refused.
 */
async function loggedIn(session: Session, request: HttpRequest, isRepeat = false): Promise<Answer> {
  const login = loginOf(session);
  const waiting = login.pass(session);
  let pass = request.method === "GET" || request.apart ? await waiting : await session.inTime(waiting);
  const lateHeaders = () => {
    pass = login.latest(pass);
    return { authorization: `Bearer ${pass.token.value}` };
  };
  try {
    return await answerTo(session, { ...request, lateHeaders });
  } catch (thrown) {
    const error = asMessagingError(thrown);
    if (!isRefusedToken(error)) throw error;
    const mayDoBetter = login.forget(pass);
    if (mayDoBetter && !isRepeat) return loggedIn(session, request, true);
    throw new MessagingError(
      `${error.message} The login works, but the token that it gave is refused: ask the provider what this user may do.`,
      { ...error.cause, code: "BAD_CREDENTIALS", outcome: "not-sent", retryable: false },
    );
  }
}

async function answerTo(session: Session, request: HttpRequest): Promise<Answer> {
  return read(request, await session.request(request));
}

/** A 401, also one inside a 200; and the framework's own words for a bad token, which may come as a 400 [guess]. */
function isRefusedToken({ cause }: MessagingError): boolean {
  if (cause.outcome === "unknown") return false;
  return (
    cause.httpStatus === 401 || /^token_(expired|invalid|not_provided|blacklisted)$/i.test(cause.providerCode ?? "")
  );
}
