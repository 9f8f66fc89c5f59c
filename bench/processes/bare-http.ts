/** node:http without Node-RED, which reads a callback's JSON and says that it has it. Forked; tells its port. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const { id_sms } = JSON.parse(Buffer.concat(chunks).toString()) as { id_sms?: string };
    response.writeHead(id_sms === undefined ? 400 : 200, { "content-type": "text/plain" }).end("OK");
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});

// Not left behind when the benchmark is stopped.
process.once("disconnect", () => process.exit());
