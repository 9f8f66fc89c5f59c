import { accountId, everyNode } from "./all-nodes.ts";
import { ACCOUNT_CANARIES, DATABASE_CANARIES, WEBHOOK_CANARIES } from "./canaries.ts";
import { lineWriter } from "./flows.ts";
import { ANSWER_NAMES } from "./leaky-provider.ts";
import type { Credentials, FlowNode } from "./node-red.ts";
import { outbox } from "./outbox.ts";

export interface CanaryFlow {
  readonly flows: FlowNode[];
  readonly credentials: Credentials;
  /** Nodes that get a message, once for each that is posted, and of which every end is noted. */
  readonly askers: readonly FlowNode[];
}

const TAB = "tab";

/** Without a Catch node: errors go to the log. */
const UNWATCHED_TAB = "unwatched";

/** Those that an outbox takes. */
const KEPT_TYPES = ["send-sms", "send-bulk", "send-email"];

/** Where what comes of the messages is written: everything that a person could look at, with its hidden parts. */
const NOTE = `
const all = { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity, breakLength: Infinity, showHidden: true };
const { _msgid, req, res, ...shown } = msg;
const { error, status, payload } = msg;
const refused = (payload?.messages ?? []).flatMap((one) => one?.error ?? []);
return { payload: JSON.stringify({
  kind: "KIND",
  whole: util.inspect(shown, all),
  error: error ? util.inspect(error, all) + JSON.stringify(error) : "",
  refused: util.inspect(refused, all),
  status: status ? JSON.stringify(status) : "",
}) };`;

/**
 * Every node at every answer of a leaky provider, all with canaries for credentials. What is posted to `/messages`, by the
 * type of node, goes to all nodes of the type; all that comes of it is noted in a file.
 */
export async function canaryFlow(providerUrl: string, file: string): Promise<CanaryFlow> {
  const sets = await Promise.all(
    ANSWER_NAMES.flatMap((answer) => [atAnswer(answer, providerUrl), loggedIn(answer, providerUrl)]),
  );
  const askers = [...sets.flatMap(({ nodes }) => nodes), ...onRoute()];
  const unwatched = askers.map((node) => ({ ...node, id: `unwatched-${node.id}`, z: UNWATCHED_TAB, wires: [] }));
  const sources = ANSWER_NAMES.map(receiver);
  const nodes = [...askers, ...sources, ...Object.keys(ACCOUNT_CANARIES).map(webhook)].map((node) => ({
    ...node,
    z: TAB,
    wires: [["note-out"], ["note-out"], ["note-out"]],
  }));
  return {
    askers,
    flows: [
      ...[TAB, UNWATCHED_TAB].map((id) => ({ id, type: "tab", label: id })),
      ...sets.flatMap(({ accounts }) => accounts),
      outbox({ expireAfterSeconds: 4 }),
      outbox({ id: "database", store: "postgres" }),
      onDatabase(),
      route(),
      ...nodes,
      ...unwatched,
      ...postOffice([...askers, ...unwatched, onDatabase()]),
      ...notes(file, askers),
    ],
    credentials: {
      database: DATABASE_CANARIES,
      ...Object.fromEntries(sets.flatMap(({ credentials }) => Object.entries(credentials))),
      ...Object.fromEntries(Object.keys(ACCOUNT_CANARIES).map((name) => [webhook(name).id, { ...WEBHOOK_CANARIES }])),
    },
  };
}

async function atAnswer(answer: string, providerUrl: string) {
  const { nodes, accounts } = await everyNode(TAB, "");
  const own = (id: string) => `${answer}-${id}`;
  const named = nodes.map((node): FlowNode => {
    const provider = String(node.provider);
    return { ...node, id: own(node.id), [provider]: own(String(node[provider])) };
  });
  const stored = named
    .filter(({ type }) => KEPT_TYPES.includes(type))
    .map((node): FlowNode => ({ ...node, id: `${node.id}-stored`, outbox: "outbox" }));
  return {
    nodes: [...named, ...stored],
    accounts: accounts.map((account): FlowNode => ({
      ...account,
      id: own(account.id),
      concurrency: 1000,
      baseUrl: `${providerUrl}/${answer}/${String(account.name)}`,
    })),
    credentials: Object.fromEntries<Credentials[string]>(
      accounts.map(({ id, name }) => [own(id), { ...ACCOUNT_CANARIES[String(name)] }]),
    ),
  };
}

/** The nodes of the provider that has a login, with an account that logs in. */
async function loggedIn(answer: string, providerUrl: string) {
  const { nodes, accounts, credentials } = await atAnswer(answer, providerUrl);
  const own = (id: string) => `login-${id}`;
  const mine = accounts.filter(({ auth }) => auth !== undefined);
  const ids = new Set(mine.map(({ id }) => id));
  return {
    nodes: nodes
      .filter((node) => ids.has(String(node[String(node.provider)])))
      .map((node) => {
        const provider = String(node.provider);
        return { ...node, id: own(node.id), [provider]: own(String(node[provider])) };
      }),
    accounts: mine.map((account): FlowNode => ({ ...account, id: own(account.id), auth: "login" })),
    credentials: Object.fromEntries<Credentials[string]>(mine.map(({ id }) => [own(id), credentials[id] ?? {}])),
  };
}

/** Messages that come in, asked for at every answer. */
function receiver(answer: string): FlowNode {
  const account = `${answer}-${accountId("smshosting")}`;
  return {
    id: `${answer}-receive`,
    type: "receive-sms",
    provider: "smshosting",
    smshosting: account,
    everySeconds: "2",
    everySecondsType: "num",
    senders: "",
    sendersType: "str",
  };
}

/** One of each provider; the address of SMSHosting's goes out with each SMS. */
function webhook(provider: string): FlowNode {
  const [answer = ""] = ANSWER_NAMES;
  return {
    id: `webhook-${provider}`,
    type: "webhook-in",
    provider,
    [provider]: `${answer}-${accountId(provider)}`,
    path: `reports/${provider}`,
    publicUrl: "https://example.com",
  };
}

function route(): FlowNode {
  const members = [
    { provider: "connectus", account: `denied-${accountId("connectus")}`, prefixes: "" },
    { provider: "smshosting", account: `moved-${accountId("smshosting")}`, prefixes: "" },
    { provider: "conectaline", account: `login-refused-${accountId("conectaline")}`, prefixes: "" },
  ];
  return {
    id: "route",
    type: "messaging-route",
    name: "Route",
    strategy: "failover",
    failoverOnRejected: true,
    members,
  };
}

function onRoute(): FlowNode[] {
  const typed = { to: "to", toType: "msg", text: "payload", textType: "msg" };
  const messages = { messages: "payload", messagesType: "msg" };
  return [
    { id: "routed", type: "send-sms", provider: "route", route: "route", ...typed },
    { id: "routed-stored", type: "send-sms", provider: "route", route: "route", outbox: "outbox", ...typed },
    { id: "routed-bulk", type: "send-bulk", provider: "route", route: "route", ...messages },
  ];
}

/** It waits for a database that does not come. */
function onDatabase(): FlowNode {
  const [node] = onRoute();
  return { ...node, id: "on-database", type: "send-sms", z: UNWATCHED_TAB, outbox: "database", wires: [] };
}

/** Hands each type of node its message. */
function postOffice(askers: readonly FlowNode[]): FlowNode[] {
  const types = [...new Set(askers.map(({ type }) => type))];
  const on = { z: TAB, x: 100, y: 100 };
  return [
    { ...on, id: "in", type: "http in", url: "/messages", method: "post", wires: [["spread", "answer"]] },
    { ...on, id: "answer", type: "http response", statusCode: "200", wires: [] },
    {
      ...on,
      id: "spread",
      type: "function",
      func: `return ${JSON.stringify(types)}.map((type) => ({ ...msg.payload[type] }));`,
      outputs: types.length,
      wires: types.map((type) => askers.filter((node) => node.type === type).map(({ id }) => id)),
    },
  ];
}

function notes(file: string, askers: readonly FlowNode[]): FlowNode[] {
  const on = { z: TAB, x: 100, y: 100 };
  const note = (kind: string) => ({
    ...on,
    id: `note-${kind}`,
    type: "function",
    func: NOTE.replace("KIND", kind),
    outputs: 1,
    wires: [["write"]],
  });
  const watching = { ...on, scope: null, uncaught: false };
  return [
    { ...watching, id: "catch", type: "catch", wires: [["note-caught"]] },
    { ...watching, id: "status", type: "status", wires: [["note-status"]] },
    { ...watching, id: "complete", type: "complete", scope: askers.map(({ id }) => id), wires: [["note-done"]] },
    ...["out", "caught", "status", "done"].map(note),
    { ...on, ...lineWriter("write", file) },
  ];
}
