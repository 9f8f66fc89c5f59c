import { setImmediate as turn } from "node:timers/promises";
import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from "node-red";
import { asMessagingError, type MessagingError } from "../../src/error.ts";
import { once } from "../../src/once.ts";
import type { Settled } from "../../src/outbox/contract.ts";
import { Queue } from "../../src/queue.ts";
import type { Channel } from "../../src/result.ts";
import { sharedStop } from "../../src/sending/signals.ts";
import { copyOf, isCancel, isUrgent, writable, type Arrival, type Done, type Send } from "./arrival.ts";
import { Backlog } from "./backlog.ts";
import { asCutOff, closedByDeploy, CutOff } from "./cut-off.ts";
import { channelOf, ROUTE, usesOutbox, type Fields, type MessageNodeDefinition } from "./definition.ts";
import type { Config, Place } from "./fields.ts";
import { endWithError } from "./error-output.ts";
import { chosenAccount } from "./find-account.ts";
import { correlated } from "./correlate.ts";
import { Trace } from "./trace.ts";
import { traceSettled } from "./trace-settled.ts";
import { registerFormCheck } from "./form-check.ts";
import { handedOn } from "./handed-on.ts";
import { NodeLife } from "./node-life.ts";
import { letterBox, subscribe, warnOfUnusedOutbox } from "./outbox.ts";
import { findTarget, wayThrough, type Way } from "./route-node.ts";
import type { Context, Run } from "./run.ts";
import { resolveWithSandboxPhone } from "./sandbox-phone.ts";
import { errorBadge, inSandbox, sendBadge, workBadge, type Badge } from "./status.ts";

/** Registers a message node. Its handler is loaded by the first message. */
export function registerMessageNode<F extends Fields>(
  RED: NodeAPI,
  definition: MessageNodeDefinition<F>,
  load: () => Promise<{ run: Run<F> }>,
): void {
  const loadOnce = once(load);

  function MessageNodeConstructor(this: Node, config: NodeDef & Config): void {
    RED.nodes.createNode(this, config);
    const work = new Work(RED, this, definition, config, loadOnce);
    this.on("input", (message, send, done) => work.take({ message: writable(message), send, done }));
    this.on("close", (done: () => void) => void work.close().then(done));
  }
  RED.nodes.registerType(definition.type, MessageNodeConstructor);
  registerFormCheck(RED);
}

/** All that one node has in hand. */
class Work<F extends Fields> {
  readonly #RED: NodeAPI;
  readonly #node: Node;
  readonly #definition: MessageNodeDefinition<F>;
  readonly #config: Config;
  readonly #place: Place;
  readonly #load: () => Promise<{ run: Run<F> }>;
  readonly #life: NodeLife;
  readonly #running = new Queue<Promise<void>>();
  /** Ends all that is in hand; what comes after a cancel has another one. */
  #stop = sharedStop();
  readonly #backlog: Backlog<Arrival>;
  readonly #cutOff = new CutOff();
  readonly #sends: boolean;
  readonly #channel: Channel;
  readonly #busy: Badge;
  readonly #unsubscribe: () => void;

  constructor(
    RED: NodeAPI,
    node: Node,
    definition: MessageNodeDefinition<F>,
    config: Config,
    load: () => Promise<{ run: Run<F> }>,
  ) {
    this.#RED = RED;
    this.#node = node;
    this.#definition = definition;
    this.#config = config;
    this.#place = { RED, node, config };
    this.#load = load;
    this.#life = new NodeLife(RED, node);
    this.#backlog = new Backlog(usesOutbox(definition) && Boolean(config.outbox));
    this.#sends = [definition.needs].flat().some((operation) => operation.startsWith("send"));
    this.#channel = channelOf(definition);
    this.#busy = workBadge(this.#sends ? "status.sending" : "status.checking");
    warnOfUnusedOutbox(definition, config, this.#life.warn);
    this.#unsubscribe = subscribe(RED, definition, node, { config, onSettled: (settled) => this.#settle(settled) });
  }

  /**
   * Takes a message and settles it exactly once. It never throws nor rejects: a rejection here would end Node-RED.
   */
  take(arrival: Arrival): void {
    if (this.#definition.cancellable && isCancel(arrival.message) && !this.#life.closing.aborted) {
      const { signal } = this.#stop;
      this.#stop.abort();
      this.#stop = sharedStop();
      for (const waiting of this.#backlog.takeAll()) this.#begin(waiting, { signal });
      return arrival.done();
    }
    // Of what only asks nothing waits for the end: following takes minutes.
    const mustWait = this.#sends && this.#backlog.mustWait(this.#running.size) && !this.#life.closing.aborted;
    if (!mustWait || isUrgent(arrival.message)) this.#begin(arrival);
    else if (this.#backlog.isFull) this.#begin(arrival, { isTooMuch: true });
    else this.#backlog.push(arrival);
  }

  /** `isTooMuch`: it only gets an error that says so. */
  #begin(arrival: Arrival, { signal = this.#stop.signal, isTooMuch = false } = {}): void {
    const trace = new Trace(this.#node, this.#sends);
    const { message, send } = arrival;
    const settled = this.#settled(this.#process(message, send, signal, trace, isTooMuch), trace, arrival);
    const leave = this.#running.push(settled);
    void settled.then(() => {
      leave();
      for (let next; (next = this.#backlog.next(this.#running.size));) this.#begin(next);
    });
  }

  /** Tells Node-RED of a message's end. Never rejects. */
  async #settled(work: Promise<void>, trace: Trace, arrival: Arrival): Promise<void> {
    let error: MessagingError | undefined;
    try {
      await work;
    } catch (thrown) {
      error = this.#causeOf(thrown);
    }
    try {
      if (!error) return arrival.done();
      trace.failed(error);
      this.#fail(error, arrival);
    } catch (fault) {
      // Of what is behind send or done.
      this.#node.error(fault);
    }
  }

  /** Takes no more, ends all waiting, and gives what is on its way a few seconds. */
  async close(): Promise<void> {
    this.#unsubscribe();
    const ended = this.#life.end(this.#running);
    this.#stop.abort();
    for (const waiting of this.#backlog.takeAll()) this.#begin(waiting);
    await ended;
    await turn();
    this.#cutOff.abandoned(this.#running.size);
    const what = this.#cutOff.words(this.#sends, this.#life.words);
    if (what !== "") this.#life.warn("closed", { what });
  }

  /** Asked again after waiting, as the answer changes. */
  #isClosing(): boolean {
    return this.#life.closing.aborted;
  }

  /** What a message failed of; while the node closes, that it does. */
  #causeOf(thrown: unknown): MessagingError {
    const error = asMessagingError(thrown);
    if (!this.#life.closing.aborted) return error;
    this.#cutOff.failed(error);
    return asCutOff(error);
  }

  async #process(
    message: NodeMessageInFlow,
    send: Send,
    stop: AbortSignal,
    trace: Trace,
    isTooMuch: boolean,
  ): Promise<void> {
    if (this.#life.closing.aborted) throw closedByDeploy();
    this.#life.show(this.#busy);
    const target = findTarget(this.#RED, this.#definition, this.#config, message);
    const way = "account" in target ? { account: await target.account() } : await wayThrough(target);
    const { account, route } = way;
    if (isTooMuch) throw this.#backlog.refusal(account);
    const sender = {
      node: this.#node,
      message,
      target: target.id,
      provider: route ? ROUTE : account.provider.name,
      account: route ? route.name : account.name,
      warnOnce: this.#life.warnOnce,
    };
    const store = letterBox(this.#RED, this.#definition, this.#config, sender);
    const host = { ...way, warnOnce: sender.warnOnce };
    const fields = await resolveWithSandboxPhone(this.#place, this.#definition.fields, message, host);
    const { run } = await this.#load();
    const context = { ...this.#context(way, message, send, stop), ...(store && { store }) };
    const accounts = this.#backlog.feed(route ? route.accounts() : [account]);
    trace.follow(accounts, fields);
    const sending = { accounts, message, channel: this.#channel };
    const work = (own: Context) => run(fields, own);
    const payload = await (this.#sends && !store ? correlated(sending, context, work) : work(context));
    if (stop.aborted && this.#isClosing()) this.#cutOff.partly(payload);
    if (payload === undefined) return;
    trace.ended(payload);
    // What was only asked for can be asked again.
    const isHandedOn = !this.#sends || handedOn(this.#RED, this.#node, this.#life.closing);
    send([Object.assign(message, { payload })]);
    if (!(await isHandedOn)) this.#cutOff.lost(payload);
  }

  #context(way: Way, message: NodeMessageInFlow, send: Send, stop: AbortSignal): Context {
    // Of a route, the badge itself tells which accounts were in use.
    const isSandbox = !way.route && way.account.mode === "sandbox";
    return {
      ...way,
      call: {
        signal: stop,
        onState: (state) => this.#life.show(state === "waiting" ? workBadge("status.waiting") : this.#busy),
        ...(message.priority === "high" ? { priority: "high" } : {}),
      },
      emit: (output, payload) => {
        const copy = { ...copyOf(this.#RED, message), payload };
        send([...Array<null>(output).fill(null), copy]);
      },
      also: (properties) => void Object.assign(message, properties),
      show: (badge) => this.#life.show(isSandbox ? inSandbox(badge) : badge),
      log: (text) => this.#node.log(text),
      unfollowed: () => this.#cutOff.unfollowed(),
      warnOnce: this.#life.warnOnce,
    };
  }

  /** The end of a message that was stored, perhaps before a restart: as if it were sent now. Rejects when a deploy cut it off. */
  async #settle(settled: Settled): Promise<void> {
    const isHandedOn = handedOn(this.#RED, this.#node, this.#life.closing);
    this.#emit(settled);
    if (!(await isHandedOn)) throw closedByDeploy();
  }

  #emit({ properties, outcome }: Settled): void {
    const message = properties as NodeMessageInFlow;
    const send: Send = (messages) => this.#node.send(messages);
    const done: Done = (error) => error && this.#node.error(error, message);
    void traceSettled(new Trace(this.#node, this.#sends), this.#place, this.#definition, { properties, outcome });
    if ("error" in outcome) return this.#fail(outcome.error, { message, send, done });
    const { result } = outcome;
    this.#life.show(sendBadge(result, chosenAccount(this.#RED, this.#config)?.mode === "sandbox"));
    send([Object.assign(message, { payload: result })]);
  }

  #fail(failure: MessagingError, arrival: Arrival): void {
    const error = this.#life.words.error(failure, this.#sends);
    this.#life.show(errorBadge(error.code));
    endWithError(error, this.#place, this.#definition, arrival);
  }
}
