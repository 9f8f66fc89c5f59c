import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";

/** A process of the benchmark that is told things over its channel, and answers each with one message. */
export class Forked {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static start(file: string, parameters: readonly string[] = []): Forked {
    const path = join(import.meta.dirname, "..", "processes", file);
    return new Forked(fork(path, parameters, { stdio: ["ignore", "inherit", "inherit", "ipc"] }));
  }

  ask<Answer>(message: object): Promise<Answer> {
    const answer = this.next<Answer>();
    this.#child.send(message);
    return answer;
  }

  /** What it says next. */
  next<Answer>(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const onExit = () => reject(new Error(`${this.#child.spawnfile} ended`));
      this.#child.once("exit", onExit).once("message", (answer) => {
        this.#child.off("exit", onExit);
        resolve(answer as Answer);
      });
    });
  }

  async stop(): Promise<void> {
    const ended = new Promise((settle) => this.#child.once("exit", settle));
    this.#child.kill("SIGKILL");
    await ended;
  }
}

/** One that serves HTTP on loopback, and tells its port first. */
export async function startServer(file: string): Promise<{ server: Forked; url: string }> {
  const server = Forked.start(file);
  return { server, url: `http://127.0.0.1:${await server.next<number>()}` };
}
