/** What a candidate did while it was measured. */
export interface Run {
  /** Messages that came to an end, those that failed included. */
  readonly count: number;
  readonly failed: number;
  readonly seconds: number;
  /** Time of processor, of all threads of the process. */
  readonly cpuMicroseconds: number;
}

export interface Load {
  /** Messages on their way at a time. */
  readonly inFlight: number;
  readonly seconds: number;
}

/** Keeps so many messages on their way: each that ends makes room for the next. What is on its way at the end is awaited. */
export class ClosedLoop {
  readonly #send: (index: number) => void;
  readonly #seconds: number;
  readonly #begun = performance.now();
  readonly #cpu = process.cpuUsage();
  readonly #done = Promise.withResolvers<Run>();
  #count = 0;
  #failed = 0;
  #onTheirWay = 0;
  #run: Run | undefined;

  constructor({ inFlight, seconds }: Load, send: (index: number) => void) {
    this.#send = send;
    this.#seconds = seconds;
    for (; this.#onTheirWay < inFlight; this.#onTheirWay++) send(this.#onTheirWay);
  }

  /** Resolves when all that was sent has ended. */
  get run(): Promise<Run> {
    return this.#done.promise;
  }

  ended(hasFailed: boolean): void {
    this.#count += 1;
    if (hasFailed) this.#failed += 1;
    const seconds = (performance.now() - this.#begun) / 1000;
    if (!this.#run && seconds >= this.#seconds) this.#run = this.#measured(seconds);
    if (!this.#run) this.#send(this.#count + this.#onTheirWay);
    else if (--this.#onTheirWay === 0) this.#done.resolve(this.#run);
  }

  #measured(seconds: number): Run {
    const { user, system } = process.cpuUsage(this.#cpu);
    return { count: this.#count, failed: this.#failed, seconds, cpuMicroseconds: user + system };
  }
}
