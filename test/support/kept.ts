import { createHook } from "node:async_hooks";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Full collections until something counts as kept: what finalizers and closed sockets let go of is gone with the next one. */
const COLLECTIONS = 10;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Objects that are to be gone when the work on them has ended. It does not hold them itself. */
export class Traces {
  readonly #objects: { readonly name: string; readonly reference: WeakRef<object> }[] = [];

  /** Hands back the object. */
  of<T extends object>(name: string, object: T): T {
    this.#objects.push({ name, reference: new WeakRef(object) });
    return object;
  }

  ofAll(name: string, objects: readonly object[]): void {
    for (const object of objects) this.of(name, object);
  }

  get size(): number {
    return this.#objects.length;
  }

  /** How many are still in memory after full collections, by their names; no name where all are gone. */
  async kept(): Promise<Record<string, number>> {
    for (let round = 0; round < COLLECTIONS; round++) {
      // A reference that was made or read holds its object until the end of the turn.
      await turn();
      collect();
      if (Object.keys(this.#left()).length === 0) break;
    }
    return this.#left();
  }

  #left(): Record<string, number> {
    const left: Record<string, number> = {};
    for (const { name, reference } of this.#objects) {
      if (reference.deref()) left[name] = (left[name] ?? 0) + 1;
    }
    return left;
  }
}

/** Of all promises that are made while this works, in the whole process: how many are still in memory after full collections. */
export async function promisesKept(work: () => Promise<void>): Promise<number> {
  const traces = new Traces();
  const hook = createHook({ init: (_id, type, _trigger, made: object) => type === "PROMISE" && traces.of(type, made) });
  hook.enable();
  await work();
  hook.disable();
  const { PROMISE = 0 } = await traces.kept();
  return PROMISE;
}

/** Of all timers that begin while this works, in the whole process: how many are neither over nor cleared at its end. */
export async function timersLeft(work: () => Promise<void>): Promise<number> {
  const open = new Set<number>();
  const hook = createHook({
    init: (id, type) => type === "Timeout" && open.add(id),
    destroy: (id) => void open.delete(id),
  });
  // Mocha begins its own as soon as a test has handed back its promise.
  await turn();
  hook.enable();
  await work();
  // Node.js tells of what was cleared some time later.
  for (let round = 0; round < 5; round++) await turn();
  hook.disable();
  return open.size;
}
