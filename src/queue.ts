/**
 * A class, though a literal would do: where the first that V8 sees of these all live for a while, as in a burst, it makes all
 * literals of one place in code where only full collections look, and keeps what they hold until then.
 */
class Place<T> {
  readonly value: T;
  before: Place<T> | undefined;
  after: Place<T> | undefined = undefined;
  isTaken = false;

  constructor(value: T, before: Place<T> | undefined) {
    this.value = value;
    this.before = before;
  }
}

/**
 * First in, first out, and anyone may leave: all in constant time, however many wait.
 *
 * Also for what is in hand and soon gone, where a Set or Map costs dearly: V8 replaces its table again and again, each old
 * one points to the next, and as soon as one of them has become old, all that was in those after it stays until the next
 * full collection. Here whoever has left points to nobody.
 */
export class Queue<T> implements Iterable<T> {
  #first: Place<T> | undefined;
  #last: Place<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): T | undefined {
    return this.#first?.value;
  }

  /** Adds a value at the end; the function that is returned takes it out again, and says whether it was still in. */
  push(value: T): () => boolean {
    const place = new Place(value, this.#last);
    if (this.#last) this.#last.after = place;
    else this.#first = place;
    this.#last = place;
    this.#size += 1;
    return () => this.#take(place);
  }

  shift(): T | undefined {
    const first = this.#first;
    if (first) this.#take(first);
    return first?.value;
  }

  /** Takes out all that are meant, in order. */
  takeAll(isMeant: (value: T) => boolean = () => true): T[] {
    const places = this.#places().filter(({ value }) => isMeant(value));
    for (const place of places) this.#take(place);
    return places.map(({ value }) => value);
  }

  /** In order, those that are in now; what leaves meanwhile is passed over. */
  *[Symbol.iterator](): Generator<T> {
    for (const place of this.#places()) if (!place.isTaken) yield place.value;
  }

  #places(): Place<T>[] {
    const places: Place<T>[] = [];
    for (let place = this.#first; place; place = place.after) places.push(place);
    return places;
  }

  #take(place: Place<T>): boolean {
    if (place.isTaken) return false;
    const { before, after } = place;
    if (before) before.after = after;
    else this.#first = after;
    if (after) after.before = before;
    else this.#last = before;
    place.before = place.after = undefined;
    place.isTaken = true;
    this.#size -= 1;
    return true;
  }
}
