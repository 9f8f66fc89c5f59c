import type { Node, NodeAPI, NodeDef, NodeMessage, NodeMessageInFlow } from "node-red";
import { asMessagingError, MessagingError } from "../../src/error.ts";
import type { Account, CallOptions } from "../../src/sending/account.ts";
import type { Fields, MessageNodeDefinition } from "./definition.ts";
import { plain, resolveFields, type Config, type Resolved } from "./fields.ts";
import { findAccount } from "./find-account.ts";
import { StatusLine } from "./status-line.ts";
import { errorBadge, workBadge, type Badge } from "./status.ts";

/** What a handler may use besides its fields. */
export interface Context {
  readonly account: Account;
  /**
   * To be handed on with every call: it keeps the badge up to date, and its signal is aborted when the node closes or, in
   * a cancellable node, at `msg.cancel`. Then nothing new is begun, and what is on its way may end.
   */
  readonly call: CallOptions & { readonly signal: AbortSignal };
  /** Sends a copy of the message with this payload out of an output, besides the result. */
  readonly emit: (output: number, payload: unknown) => void;
  readonly show: (badge: Badge) => void;
  /** Warns of something that holds for every message: once per deploy. */
  readonly warnOnce: (text: string) => void;
}

/** A node's work on one message: the payload of output 1, or undefined where nothing goes out of it. */
export type Run<F extends Fields> = (fields: Resolved<F>, context: Context) => Promise<unknown>;

type Send = (message: (NodeMessage | null)[]) => void;
type Done = (error?: Error) => void;

/** How long the work in hand may take to end when the node closes: Node-RED gives up after 15 s. */
const CLOSE_MS = 6000;

/** Registers a message node. Its handler is loaded by the first message. */
export function registerMessageNode<F extends Fields>(
  RED: NodeAPI,
  definition: MessageNodeDefinition<F>,
  load: () => Promise<{ run: Run<F> }>,
): void {
  function MessageNodeConstructor(this: Node, config: NodeDef & Config): void {
    RED.nodes.createNode(this, config);
    const work = new Work(RED, this, definition, config, load);
    this.on("input", (message, send, done) => work.take(message, send, done));
    this.on("close", (done: () => void) => void work.close().then(done));
  }
  RED.nodes.registerType(definition.type, MessageNodeConstructor);
}

/** All that one node has in hand. */
class Work<F extends Fields> {
  readonly #RED: NodeAPI;
  readonly #node: Node;
  readonly #definition: MessageNodeDefinition<F>;
  readonly #config: Config;
  readonly #load: () => Promise<{ run: Run<F> }>;
  readonly #line: StatusLine;
  #closing = false;
  readonly #running = new Map<Promise<void>, AbortController>();
  readonly #warned = new Set<string>();
  readonly #busy: Badge;

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
    this.#load = load;
    this.#line = new StatusLine(node);
    const sends = [definition.needs].flat().some((operation) => operation.startsWith("send"));
    this.#busy = workBadge(sends ? "status.sending" : "status.checking");
  }

  /**
   * Takes a message and settles it exactly once. It never throws nor rejects: a rejection here would end Node-RED.
   */
  take(message: NodeMessageInFlow, send: Send, done: Done): void {
    if (this.#definition.cancellable && message.cancel && !this.#closing) {
      for (const stop of this.#running.values()) stop.abort();
      return done();
    }
    const stop = new AbortController();
    const settled = this.#process(message, send, stop.signal)
      .then(
        () => done(),
        (thrown: unknown) => this.#fail(asMessagingError(thrown), message, send, done),
      )
      // Only a fault of what is behind send or done comes here.
      .catch((fault: unknown) => this.#node.error(fault))
      .then(() => void this.#running.delete(settled));
    this.#running.set(settled, stop);
  }

  /** Takes no more, ends all waiting, and gives what is on its way a few seconds. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const stop of this.#running.values()) stop.abort();
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_MS)));
    await Promise.race([enough, Promise.all(this.#running.keys())]);
    clearTimeout(timer);
    this.#line.close();
  }

  async #process(message: NodeMessageInFlow, send: Send, stop: AbortSignal): Promise<void> {
    if (this.#closing) {
      const failure = { code: "CANCELLED", outcome: "not-sent" } as const;
      throw new MessagingError("The node is being redeployed and took no more messages. Send it again.", failure);
    }
    this.#line.show(this.#busy);
    const account = await findAccount(this.#RED, this.#config).account();
    const place = { RED: this.#RED, node: this.#node, config: this.#config };
    const fields = await resolveFields(place, this.#definition.fields, message);
    const { run } = await this.#load();
    const payload = await run(fields, this.#context(account, message, send, stop));
    if (payload !== undefined) send([Object.assign(message, { payload })]);
  }

  #context(account: Account, message: NodeMessageInFlow, send: Send, stop: AbortSignal): Context {
    return {
      account,
      call: {
        signal: stop,
        onState: (state) => this.#line.show(state === "waiting" ? workBadge("status.waiting") : this.#busy),
        ...(message.priority === "high" ? { priority: "high" } : {}),
      },
      emit: (output, payload) => {
        // The payload that came in can be large, and the copy gets another one: it is not copied.
        const copy = { ...this.#RED.util.cloneMessage({ ...message, payload: undefined }), payload };
        send([...Array<null>(output).fill(null), copy]);
      },
      show: (badge) => this.#line.show(badge),
      warnOnce: (text) => {
        if (this.#warned.has(text)) return;
        this.#warned.add(text);
        this.#node.warn(text);
      },
    };
  }

  /** To the error output where the author asked for one, else to Catch nodes and the log, which done() sees to. */
  #fail(error: MessagingError, message: NodeMessageInFlow, send: Send, done: Done): void {
    this.#line.show(errorBadge(error.code));
    const asked = plain(this.#config, "errorOutput", { kind: "boolean", value: false });
    if (!this.#definition.errorOutput || !asked) return done(error);
    const { id, type, name } = this.#node;
    const { code, cause } = error;
    const described = { message: error.message, code, cause, source: { id, type, ...(name ? { name } : {}) } };
    const outputs = this.#definition.outputs.map(() => null);
    send([...outputs, Object.assign(message, { error: described })]);
    done();
  }
}
