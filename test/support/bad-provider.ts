import { startSandbox, type Fault, type Sandbox } from "../../src/sandbox/index.ts";
import type { SandboxMessage, StandIn } from "../../src/sandbox/stand-in.ts";

/** Whether the message was taken is open after all of them but the last. */
const FAULTS: readonly Fault[] = [
  { kind: "reset-after-read" },
  { kind: "empty" },
  { kind: "truncated" },
  { kind: "no-id" },
  { kind: "status", status: 500 },
  { kind: "html" },
  { kind: "reset-before-read" },
  { kind: "status", status: 429 },
];

/** A provider that answers badly now and then, and what it took. */
export class BadProvider {
  readonly taken = new Map<string, number>();
  /** Of all that it took: a sandbox forgets the oldest, and a provider that is asked must not. */
  readonly #kept = new Map<string, SandboxMessage>();
  ambiguous = 0;
  readonly #faulty: number;
  #sandbox: Sandbox | undefined;

  constructor(faulty: number) {
    this.#faulty = faulty;
  }

  async start(standIn: StandIn): Promise<Sandbox> {
    const answer: StandIn["answer"] = (request, desk) => {
      this.#maybeSpoilNext();
      return standIn.answer(request, {
        ...desk,
        keep: (message) => {
          this.taken.set(message.text, (this.taken.get(message.text) ?? 0) + 1);
          this.#kept.set(message.id, message);
          desk.keep(message);
        },
        messages: () => [...this.#kept.values()],
      });
    };
    return (this.#sandbox = await startSandbox({ ...standIn, answer }));
  }

  #maybeSpoilNext(): void {
    if (Math.random() >= this.#faulty) return;
    const fault = FAULTS[Math.floor(Math.random() * FAULTS.length)];
    if (!fault) return;
    if (fault !== FAULTS.at(-1)) this.ambiguous += 1;
    this.#sandbox?.misbehave(fault);
  }
}
