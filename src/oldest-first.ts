import { Queue } from "./queue.ts";

/**
 * A set that knows its oldest member, in constant time. A Set or Map takes ever longer to find its first member the more were
 * deleted in front of it: V8 walks over the places they had, until it makes the whole anew.
 */
export class OldestFirst<T> implements Iterable<T> {
  readonly #queue = new Queue<T>();
  /** What takes each member out of the queue. */
  readonly #removals = new Map<T, () => boolean>();

  get size(): number {
    return this.#queue.size;
  }

  get oldest(): T | undefined {
    return this.#queue.first;
  }

  has(value: T): boolean {
    return this.#removals.has(value);
  }

  /** Adds it as the youngest; what is there already stays as old as it is. */
  add(value: T): void {
    if (!this.#removals.has(value)) this.#removals.set(value, this.#queue.push(value));
  }

  /** Whether it was there. */
  delete(value: T): boolean {
    this.#removals.get(value)?.();
    return this.#removals.delete(value);
  }

  /** Those that are in now; what leaves meanwhile is passed over. */
  [Symbol.iterator](): Iterator<T> {
    return this.#queue[Symbol.iterator]();
  }
}
