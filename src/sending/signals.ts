import { setMaxListeners } from "node:events";
import { Queue } from "../queue.ts";

/** One signal for several. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Lets go of the others, which may live as long as a node. */
  release(): void;
}

const reactions = new WeakMap<AbortSignal, Queue<() => void>>();

/**
 * Calls `react` when the signal is aborted, unless the function that is returned was called first. An event target looks
 * through all of its listeners for each that comes or goes, and thousands of messages wait on one node's signal: here each
 * signal has a single listener.
 */
export function onAbort(signal: AbortSignal, react: () => void): () => void {
  const known = reactions.get(signal) ?? listen(signal);
  return known.push(react);
}

/** A signal that is aborted with the first of others. Unlike those of AbortSignal.any, its traces can be removed. */
export function linked(...others: (AbortSignal | undefined)[]): LinkedSignal {
  const signals = others.filter((signal) => signal !== undefined);
  const [only, another] = signals;
  if (only && !another) return { signal: only, release: () => undefined };
  const controller = new AbortController();
  const abort = () => controller.abort();
  const releases = signals.map((signal) => onAbort(signal, abort));
  if (signals.some(({ aborted }) => aborted)) abort();
  return { signal: controller.signal, release: () => releases.forEach((release) => release()) };
}

/** What ends any number of pieces of work at once. Node 20 takes more than ten listeners for a leak. */
export function sharedStop(): AbortController {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  return stop;
}

function listen(signal: AbortSignal): Queue<() => void> {
  const all = new Queue<() => void>();
  reactions.set(signal, all);
  const reactAll = () => {
    for (const react of all) react();
  };
  signal.addEventListener("abort", reactAll, { once: true });
  return all;
}
