interface Place<T> {
  readonly value: T;
  before: Place<T> | undefined;
  after: Place<T> | undefined;
}

/** First in, first out, and anyone may leave: all in constant time, however many wait. */
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

  /** Adds a value at the end; the function that is returned takes it out again, and must not be called after `shift` did. */
  push(value: T): () => void {
    const place: Place<T> = { value, before: this.#last, after: undefined };
    if (this.#last) this.#last.after = place;
    else this.#first = place;
    this.#last = place;
    this.#size += 1;
    return () => this.#remove(place);
  }

  shift(): T | undefined {
    const first = this.#first;
    if (first) this.#remove(first);
    return first?.value;
  }

  /** In order. What leaves meanwhile may be visited all the same. */
  *[Symbol.iterator](): Generator<T> {
    for (let place = this.#first; place; place = place.after) yield place.value;
  }

  /** Takes out all that are meant, in order. */
  takeAll(isMeant: (value: T) => boolean = () => true): T[] {
    const taken: T[] = [];
    for (let place = this.#first; place; place = place.after) {
      if (!isMeant(place.value)) continue;
      this.#remove(place);
      taken.push(place.value);
    }
    return taken;
  }

  #remove({ before, after }: Place<T>): void {
    if (before) before.after = after;
    else this.#first = after;
    if (after) after.before = before;
    else this.#last = before;
    this.#size -= 1;
  }
}
