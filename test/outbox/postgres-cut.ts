import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A way to the server that can be cut at the worst moment. */
export interface Wire {
  readonly port: number;
  /** The next COMMIT does not reach the server (`before`), or its answer does not come back (`after`). */
  cutAtCommit(when: "before" | "after"): void;
  /** How often it was cut. */
  readonly cuts: () => number;
  close(): Promise<void>;
}

export async function startWire(to: number): Promise<Wire> {
  let cut: "before" | "after" | undefined;
  let cuts = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(to, "127.0.0.1");
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => open.delete(socket));
    }
    let isDeaf = false;
    client.on("data", (data) => {
      const hit = data.includes("COMMIT") ? cut : undefined;
      if (hit) {
        cut = undefined;
        cuts += 1;
        isDeaf = true;
      }
      if (hit === "before") upstream.destroy();
      else upstream.write(data);
      // The server needs a moment to commit.
      if (hit) setTimeout(() => (upstream.destroy(), client.destroy()), 50);
    });
    upstream.on("data", (data) => isDeaf || client.write(data));
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cutAtCommit: (when) => (cut = when),
    cuts: () => cuts,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
