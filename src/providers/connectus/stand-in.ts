import { hasBasicAuth } from "../../sandbox/basic-auth.ts";
import type { SandboxDesk, SandboxMessage, StandIn, StandInReply } from "../../sandbox/stand-in.ts";
import { callbacks } from "./stand-in-callbacks.ts";
import { emailEvents, emailState, smsState, TIME_ZONE } from "./stand-in-states.ts";
import { readStatus } from "./status.ts";
import { email, list, moment, number, optionalText, Refusal, text } from "./stand-in-parameters.ts";
import type { Received } from "./stand-in-parameters.ts";

const CREDENTIALS = { accountId: "sandbox", apiKey: "sandbox-key" };

/** SMS, and e-mails, that a new sandbox may send; then it answers "saldo insuficiente". */
const FIRST_BALANCE = 100_000;

interface Balance {
  sms: number;
  email: number;
}

interface Call {
  readonly received: Received;
  readonly desk: SandboxDesk;
  readonly balance: Balance;
}

interface Route {
  readonly method: "GET" | "POST";
  answer(call: Call): unknown;
}

/** The nine calls of the document. */
const ROUTES: Readonly<Record<string, Route>> = {
  send_sms: { method: "POST", answer: sendSms },
  send_sms_bulk: { method: "POST", answer: sendSmsBulk },
  check_sms_status: { method: "GET", answer: checkSms },
  check_delivery_status: { method: "GET", answer: checkDelivery },
  check_balance: { method: "GET", answer: ({ balance }) => ({ balance: String(balance.sms) }) },
  send_email: { method: "POST", answer: sendEmail },
  send_email_bulk: { method: "POST", answer: sendEmailBulk },
  check_email_status_events: { method: "GET", answer: checkEmail },
  check_email_balance: { method: "GET", answer: ({ balance }) => ({ balance: String(balance.email) }) },
};

/**
 * Connectus, played as strictly as its document. An SMS is PROGRAMADO, EN_COLA after 0.5 s, ENVIADO_A_CARRIER after 1.5 s and
 * ENTREGADO after 3 s; an e-mail likewise, and it is opened after 4.5 s. To try what can go wrong, send to:
 *
 * | a number ending in | what happens |
 * |---|---|
 * | 0001 | becomes NUMERO_INVALIDO |
 * | 0002 | becomes NO_ENTREGABLE |
 * | 0003 | stays ESPERANDO_RESPUESTA |
 * | 0004 | is refused at once; in a bulk, only this recipient is |
 * | 0005 | alone: a server error (500), so that nobody knows whether it was taken |
 * | 0006 | alone: too many requests (429), try again after a second |
 * | 0007 | alone: a reply without an id |
 * | 0011 | answers a question (a text with a question mark) with "OK", two seconds after it was delivered |
 *
 * | an address beginning with | what happens |
 * |---|---|
 * | bounce@ | becomes NO_ENTREGABLE |
 * | refused@ | is refused at once; in a bulk, only this recipient is |
 */
export function connectusStandIn(firstBalance = FIRST_BALANCE): StandIn {
  const balance: Balance = { sms: firstBalance, email: firstBalance };
  return {
    credentials: CREDENTIALS,
    callbacks,
    stateOf: (message, now) => {
      const word = message.channel === "email" ? emailState(message, now) : smsState(message, now);
      return readStatus(message.id, word)?.status ?? "unknown";
    },
    answer(request, desk) {
      if (!hasBasicAuth(request, CREDENTIALS.accountId, CREDENTIALS.apiKey)) {
        const body = { error: "wrong account id or API key" };
        return { status: 401, body, headers: { "www-authenticate": 'Basic realm="sandbox"' } };
      }
      const route = Object.hasOwn(ROUTES, request.path) ? ROUTES[request.path] : undefined;
      if (!route) return { status: 404, body: { error: "there is no such service" } };
      if (request.method !== route.method) {
        return { status: 405, body: { error: `use ${route.method}` }, headers: { allow: route.method } };
      }
      const received = { ...Object.fromEntries(request.query), ...request.body };
      return magicOf(request.path, received) ?? answered(route, { received, desk, balance });
    },
  };
}

function answered(route: Route, call: Call): StandInReply {
  try {
    return { status: 200, body: route.answer(call) };
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: { error: error.message } };
    throw error;
  }
}

/** What single SMS to certain numbers bring about instead of an answer. */
function magicOf(path: string, { dst_number: destination }: Received): StandInReply | undefined {
  const ending = path === "send_sms" ? String(destination).slice(-4) : "";
  if (ending === "0005") return { status: 500, body: { error: "internal error" } };
  if (ending === "0006") return { status: 429, body: { error: "too many requests" }, headers: { "retry-after": "1" } };
  if (ending === "0007") return { status: 200, body: { result: "OK" } };
  return undefined;
}

type Content = Pick<SandboxMessage, "channel" | "to" | "text" | "from" | "subject">;

function readSms(received: Received): Content {
  const destination = number(received, "dst_number");
  const content = text(received, "sms_content");
  if (destination.endsWith("0004")) throw new Refusal(400, "dst_number is on the list of refused numbers");
  return { channel: "sms", to: `+${destination}`, text: content };
}

function readEmail(received: Received, source?: string): Content {
  const to = email(received, "dst_email");
  const subject = text(received, "subject");
  const content = text(received, "email_content");
  const sender = optionalText(received, "sender");
  if (to.startsWith("refused@")) throw new Refusal(400, "dst_email is on the list of refused addresses");
  const from = sender !== undefined && source !== undefined ? `${sender} <${source}>` : (sender ?? source);
  return { channel: "email", to, subject, text: content, ...(from !== undefined && { from }) };
}

function source(received: Received): string | undefined {
  return received.src_email === undefined ? undefined : email(received, "src_email");
}

function sendSms(call: Call) {
  const content = readSms(call.received);
  return { id_sms: take(call, content) };
}

function sendEmail(call: Call) {
  const content = readEmail(call.received, source(call.received));
  return { id_email: take(call, content) };
}

function sendSmsBulk(call: Call) {
  const delivery = readDelivery(call);
  const items = list(call.received, "messages");
  return {
    id_delivery: delivery.deliveryId,
    messages: items.map((item) => itemAnswer(item, (fields) => ({ id_sms: take(call, readSms(fields), delivery) }))),
  };
}

function sendEmailBulk(call: Call) {
  const delivery = readDelivery(call);
  const items = list(call.received, "emails");
  const from = source(call.received);
  return {
    id_delivery: delivery.deliveryId,
    messages: items.map((item) =>
      itemAnswer(item, (fields) => {
        if ("src_email" in fields) throw new Refusal(400, "src_email belongs beside the list of e-mails");
        return { id_email: take(call, readEmail(fields, from), delivery) };
      }),
    ),
  };
}

type Delivery = Pick<SandboxMessage, "deliveryId" | "deliveryName" | "deliverAt">;

function readDelivery({ received, desk }: Call): Delivery {
  const deliveryName = text(received, "delivery_name");
  const deliverAt = moment(received, "deliver_at", TIME_ZONE);
  return { deliveryId: desk.newId(), deliveryName, ...(deliverAt !== undefined && { deliverAt }) };
}

/** An item that cannot be taken is an error inside the reply, and the others are taken all the same (document p. 9). */
function itemAnswer(item: unknown, accept: (fields: Received) => unknown): unknown {
  try {
    if (typeof item !== "object" || item === null) throw new Refusal(400, "the item is no dictionary");
    return accept(item as Received);
  } catch (error) {
    if (error instanceof Refusal) return { error: error.message };
    throw error;
  }
}

/** Keeps the message, for which there must be balance, and gives its id. */
function take({ desk, balance }: Call, content: Content, delivery: Delivery = {}): string {
  const channel = content.channel === "email" ? "email" : "sms";
  if (balance[channel] <= 0) throw new Refusal(402, "saldo insuficiente");
  balance[channel] -= 1;
  const id = desk.newId();
  desk.keep({ id, ...content, ...delivery, receivedAt: desk.now() });
  return id;
}

function checkSms({ received, desk }: Call) {
  return { status: smsState(known(desk, text(received, "id_sms"), "sms"), desk.now()) };
}

function checkEmail({ received, desk }: Call) {
  const message = known(desk, text(received, "id_email"), "email");
  return { status: emailState(message, desk.now()), events: emailEvents(message, desk.now()) };
}

function known(desk: SandboxDesk, id: string, channel: "sms" | "email"): SandboxMessage {
  const message = desk.find(id);
  if (message?.channel !== channel) throw new Refusal(404, `id_${channel} is unknown`);
  return message;
}

function checkDelivery({ received, desk }: Call) {
  const id = text(received, "id_delivery");
  const messages = desk.inDelivery(id).filter(({ channel }) => channel === "sms");
  const [first] = messages;
  if (!first) throw new Refusal(404, "id_delivery is unknown");
  return {
    delivery_status: {
      id_delivery: id,
      delivery_name: first.deliveryName,
      messages: messages.map((message) => ({ status: smsState(message, desk.now()), id_sms: message.id })),
    },
  };
}
