/**
 * All figures of the README, in one run: `npm run bench`. With `-- --quick` everything is measured once and for a moment, which
 * shows that it works; `-- --only=webhook,load` measures some parts. Only a whole run writes the README. Ends with 1 when a promise is
 * not kept.
 */
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { parts } from "./parts/index.ts";
import { startServer } from "./support/forked.ts";
import { figure, isKept, promised, tableOf, writeTable, type Measured } from "./support/table.ts";

const ROUNDS = 5;

const { values: options } = parseArgs({
  options: { quick: { type: "boolean", default: false }, only: { type: "string" }, rounds: { type: "string" } },
});
const names = options.only?.split(",") ?? parts.map(({ name }) => name);
const unknown = names.filter((name) => !parts.some((part) => part.name === name));
if (unknown.length > 0)
  throw new Error(`No such part: ${unknown.join(", ")}. There are ${parts.map(({ name }) => name).join(", ")}.`);

const isQuick = options.quick;
const rounds = isQuick ? 1 : Number(options.rounds ?? ROUNDS);
const begun = performance.now();
const { server, url } = await startServer("provider.ts");
const setting = { provider: { server, url }, rounds, isQuick, tell: (text: string) => console.log(text) };
const measured: Measured[] = [];
try {
  for (const part of parts.filter(({ name }) => names.includes(name))) {
    const found = await part.measure(setting);
    measured.push({ part, found });
    tell({ part, found });
  }
} finally {
  await server.stop();
}
const { version } = createRequire(import.meta.url)("node-red/package.json") as { version: string };
const isWhole = !isQuick && options.only === undefined;
if (isWhole) await writeTable(tableOf(measured, rounds, version));
console.log(`${Math.round((performance.now() - begun) / 1000)} s${isWhole ? "; the table is in the README" : ""}`);

function tell({ part, found }: Measured): void {
  for (const [name, row] of Object.entries(part.rows)) {
    const values = found[name] ?? [];
    const isReached = isKept(row, values);
    if (!isReached && !isQuick) process.exitCode = 1;
    const promise = row.promise ? ` (promised ${promised(row)})` : "";
    console.log(`${row.what}: ${figure(row, values)}${promise}${isReached ? "" : "  NOT REACHED"}`);
  }
}
