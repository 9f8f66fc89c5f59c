/** undici without Node-RED, which sends the same requests and reads the same replies. Forked; runs each load it is told. */
import { Agent, request } from "undici";
import { ClosedLoop, type Load } from "./closed-loop.ts";
import { requestOf } from "./messages.ts";

const agents = new Map<number, Agent>();

process.on("message", ({ baseUrl, ...load }: Load & { baseUrl: string }) => {
  const dispatcher = agents.get(load.inFlight) ?? new Agent({ connections: load.inFlight, pipelining: 1 });
  agents.set(load.inFlight, dispatcher);
  const loop = new ClosedLoop(load, (index) => void send(index));
  void loop.run.then((run) => process.send?.(run));

  async function send(index: number): Promise<void> {
    // As everywhere else, the first ones are begun before there is a loop to tell.
    await Promise.resolve();
    const { url, headers } = requestOf(baseUrl, index);
    try {
      const { body } = await request(url, { method: "POST", headers, dispatcher });
      const reply = (await body.json()) as { id_sms?: string };
      loop.ended(reply.id_sms === undefined);
    } catch {
      loop.ended(true);
    }
  }
});

// Not left behind when the benchmark is stopped.
process.once("disconnect", () => process.exit());
