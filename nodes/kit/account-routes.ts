import type { NodeAPI } from "node-red";
import { MessagingError } from "../../src/error.ts";
import type { ListName, Provider } from "../../src/provider.ts";
import type { Account, CallOptions } from "../../src/sending/account.ts";
import { filledDraft, type FilledDraft } from "./account-draft.ts";
import { adminOf, type AdminRequest, type AdminResponse } from "./admin.ts";
import type { ListReport, StateReport, TestReport } from "./account-reports.ts";
import { accountSettings, visibleProblem } from "./account-settings.ts";
import type { AccountNodeDefinition } from "./definition.ts";
import { failureReport } from "./failure-report.ts";
import { languageNamed } from "./language.ts";
import { Words } from "./words.ts";

/** An account that is deployed. */
export interface LiveAccount extends FilledDraft {
  /** Opens it if it is not open. */
  account(): Promise<Account>;
  /** Undefined while no message has needed it. */
  opened(): Promise<Account> | undefined;
}

interface Desk {
  readonly RED: NodeAPI;
  readonly definition: AccountNodeDefinition;
  readonly loadProvider: () => Promise<Provider>;
  readonly find: (id: string) => LiveAccount | undefined;
}

/** A person waits for it: all is answered within this. */
const DEADLINE_MS = 14_000;

/** Of one request, so that it can say what failed before the deadline does. */
const REQUEST_MS = 8000;

/** Questions of all accounts of a type at a time. */
const MAX_RUNNING = 8;

/**
 * What an account's form, and the pick lists of other forms, ask for. A test goes where the account itself would go after a
 * deploy and asks only what costs nothing, so that it needs the permission to deploy. No answer holds a credential.
 */
export function registerAccountRoutes(desk: Desk): void {
  const { RED, definition } = desk;
  const admin = adminOf(RED);
  const write = RED.auth.needsPermission("flows.write");
  const running = new Set<string>();
  const path = `/messaging/${definition.type}/:id`;
  const route = (below: string, report: (draft: FilledDraft, request: AdminRequest) => Promise<object>) =>
    admin?.post(`${path}${below}`, write, (request: AdminRequest, response: AdminResponse) => {
      response.set("cache-control", "no-store");
      const key = JSON.stringify([below, request.params]);
      void once(running, key, () => answer(desk, request, report)).then(({ status, body }) =>
        response.status(status).json(body),
      );
    });
  route("/test", (draft, request) => test(desk, draft, request));
  route("/lists/:list", (draft, request) => list(desk, draft, request));
  admin?.get(path, RED.auth.needsPermission("messaging.read"), (request: AdminRequest, response: AdminResponse) => {
    response.set("cache-control", "no-store");
    void state(desk, request).then((body) => response.status(200).json(body));
  });
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

/** One of a kind per account at a time, and not too many in all. Never rejects. */
async function once(running: Set<string>, key: string, work: () => Promise<Answer>): Promise<Answer> {
  if (running.has(key) || running.size >= MAX_RUNNING) return { status: 409, body: {} };
  running.add(key);
  try {
    return await work();
  } catch {
    return { status: 500, body: {} };
  } finally {
    running.delete(key);
  }
}

async function answer(
  { RED, definition }: Desk,
  request: AdminRequest,
  report: (draft: FilledDraft, request: AdminRequest) => Promise<object>,
): Promise<Answer> {
  // A form on another page can post anything but JSON.
  const isJson = Boolean(request.is("json"));
  const draft = isJson ? filledDraft(RED, definition, request.params.id ?? "", request.body) : undefined;
  return draft ? { status: 200, body: await report(draft, request) } : { status: isJson ? 400 : 415, body: {} };
}

/** What the form of the request's viewer reads. */
function viewersWords({ RED, definition }: Desk, { query }: AdminRequest): Words {
  return new Words(RED, definition.type, languageNamed(query.lang));
}

async function test(desk: Desk, draft: FilledDraft, request: AdminRequest): Promise<TestReport> {
  const { probe } = await import("../../src/sending/probe.ts");
  const nothing = { ...(await facts(desk, draft)), balances: [], unlisted: [] };
  if (nothing.mode === "off") return nothing;
  try {
    return await withAccount(desk, draft, request.params.id ?? "", async (account, call) => {
      const found = await probe(account, namesIn(desk.definition, draft), call);
      const { signIn } = await account.health();
      return { ...nothing, ...found, ...(signIn && { signIn }) };
    });
  } catch (thrown) {
    return { ...nothing, error: failureReport(thrown, viewersWords(desk, request)) };
  }
}

async function list(desk: Desk, draft: FilledDraft, request: AdminRequest): Promise<ListReport> {
  const { id = "", list = "" } = request.params;
  const { listOf } = await import("../../src/sending/probe.ts");
  const known = await facts(desk, draft);
  if (known.mode === "off") return known;
  try {
    const entries = await withAccount(desk, draft, id, (account, call) => listOf(account, list as ListName, call));
    return { ...known, entries };
  } catch (thrown) {
    return { ...known, error: failureReport(thrown, viewersWords(desk, request)) };
  }
}

async function state(desk: Desk, request: AdminRequest): Promise<StateReport> {
  const { definition, find } = desk;
  const live = find(request.params.id ?? "");
  if (!live) return {};
  const mode = modeOf(live);
  const problem = visibleProblem(definition, live.config, live.credentials);
  const words = viewersWords(desk, request);
  if (problem) return { mode, problem: failureReport(problem, words) };
  try {
    return { mode, ...(await (await live.opened())?.health()) };
  } catch (thrown) {
    return { mode, problem: failureReport(thrown, words) };
  }
}

/** Works with the deployed account where the draft is the same, so that its token and its pace are shared; else with one of its own. */
async function withAccount<T>(
  { definition, loadProvider, find }: Desk,
  draft: FilledDraft,
  id: string,
  work: (account: Account, call: CallOptions) => Promise<T>,
): Promise<T> {
  const { config, credentials } = draft;
  const problem = visibleProblem(definition, config, credentials);
  if (problem) throw problem;
  const [{ Account }, { checkedSettings }, provider] = await Promise.all([
    import("../../src/sending/account.ts"),
    import("../../src/sending/settings.ts"),
    loadProvider(),
  ]);
  /** An empty setting is the same as its default. */
  const essence = (one: FilledDraft) =>
    JSON.stringify([
      checkedSettings(provider, accountSettings(definition, one.config), one.credentials),
      Object.keys(definition.credentials).map((name) => one.credentials[name] ?? ""),
    ]);
  const live = find(id);
  if (live && isSame(essence, live, draft)) return inTime(await live.account(), work);
  const account = new Account(provider, accountSettings(definition, config), credentials);
  try {
    return await inTime(account, work);
  } finally {
    void account.close();
  }
}

async function inTime<T>(account: Account, work: (account: Account, call: CallOptions) => Promise<T>): Promise<T> {
  const end = new AbortController();
  const call: CallOptions = { signal: end.signal, priority: "high", attempts: 1, budgetMs: REQUEST_MS };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(tooLate());
      end.abort();
    }, DEADLINE_MS);
  });
  try {
    return await Promise.race([work(account, call), late]);
  } finally {
    clearTimeout(timer);
  }
}

function tooLate(): MessagingError {
  return new MessagingError(`There was no answer within ${DEADLINE_MS / 1000} s. Try again later.`, {
    code: "TIMEOUT",
    outcome: "not-sent",
    reason: "TIMEOUT",
  });
}

function isSame(essence: (one: FilledDraft) => string, live: LiveAccount, draft: FilledDraft): boolean {
  const wanted = essence(draft);
  try {
    return essence(live) === wanted;
  } catch {
    // The deployed one has settings that cannot be used.
    return false;
  }
}

/** The names in the draft that should be on a list of the provider's. */
function namesIn({ fields }: AccountNodeDefinition, { config }: FilledDraft): Partial<Record<ListName, string>> {
  const named = Object.entries(fields).flatMap(([name, field]) => {
    const value = String(config[name] ?? "").trim();
    return field.kind === "text" && field.pick && value ? [[field.pick.list, value] as const] : [];
  });
  return Object.fromEntries(named);
}

async function facts({ loadProvider }: Desk, draft: FilledDraft): Promise<Pick<TestReport, "mode" | "host">> {
  const mode = modeOf(draft);
  const baseUrl = String(draft.config.baseUrl || (await loadProvider()).baseUrl).trim();
  return mode === "sandbox" || !URL.canParse(baseUrl) ? { mode } : { mode, host: new URL(baseUrl).host };
}

/** Of an account with another one it is refused. */
function modeOf({ config }: FilledDraft): TestReport["mode"] {
  return (["sandbox", "off"] as const).find((mode) => mode === config.mode) ?? "live";
}
