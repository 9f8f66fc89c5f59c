/**
 * The demo: a Node-RED of its own with two example flows, of which the first begins by itself, and accounts in sandbox mode. No provider is called and nothing
 * is charged. `PORT` chooses the port of the editor, 1880 by default; `USER_DIR` where the flow and its changes are kept,
 * `.userdir` by default.
 */
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { credentialSecret, prepareUserDir } from "./user-dir.ts";

const root = resolve(import.meta.dirname, "..");
const host = "127.0.0.1";

function readPort(text = "1880"): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  return fail(`PORT is "${text}", which is no port. Choose one between 1 and 65535, for example PORT=1881 npm start`);
}

function fail(message: string): never {
  console.error(`\n${message}\n`);
  process.exit(1);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const probe = createServer();
    probe.once("error", () => settle(false));
    probe.listen(port, host, () => probe.close(() => settle(true)));
  });
}

const port = readPort(process.env.PORT);
if (!(await isFree(port))) {
  fail(
    `Port ${port} is in use, perhaps by another Node-RED. Stop that one, or choose another: PORT=${port + 1} npm start`,
  );
}

const userDir = resolve(process.env.USER_DIR ?? join(root, ".userdir"));
const examples = ["first-sms.json", "round-trip.json"].map((file) => join(root, "examples", file));
await prepareUserDir(userDir, ...examples);
process.env.MESSAGING_DEMO_SECRET = await credentialSecret(userDir);

console.log(`\nThe editor will be at http://${host}:${port}/ (Ctrl-C ends the demo).`);
console.log("The accounts in the flows are in sandbox mode: no provider is called, nothing is charged.");
console.log(`What its phone receives: in the sidebar's tab Messages, or at http://${host}:${port}/messaging/phone\n`);

// npm that is told to end (SIGTERM) ends the shell that it ran this in, which would leave this process behind.
const parent = process.ppid;
if (process.env.npm_lifecycle_event === "start") {
  setInterval(() => process.ppid === parent || process.kill(process.pid, "SIGINT"), 500).unref();
}

// Node-RED's own command line runs in this very process, so that one Ctrl-C ends everything.
const require = createRequire(import.meta.url);
const red = require.resolve("node-red/red.js");
process.argv = [
  process.execPath,
  red,
  "--settings",
  join(root, "demo", "settings.cjs"),
  "--userDir",
  userDir,
  "--port",
  String(port),
];
require(red);
