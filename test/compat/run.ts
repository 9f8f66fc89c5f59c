/** Runs the node tests, and looks at every form, on the oldest Node.js and Node-RED that we support. Installs both below this folder first. */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const here = import.meta.dirname;
const root = resolve(here, "..", "..");

function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = process.env): void {
  const { status } = spawnSync(command, args, { cwd, env, stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) process.exit(status ?? 1);
}

run("npm", ["ci", "--no-audit", "--no-fund"], here);

const require = createRequire(join(here, "package.json"));
const oldNode = join(here, "node_modules", ".bin", "node");
run(
  oldNode,
  [
    "--import",
    require.resolve("tsx"),
    join(here, "node_modules", "mocha", "bin", "mocha.js"),
    "--ignore",
    "test/nodes/outbox-*",
    "test/nodes/**/*.test.ts",
    "test/package/**/*.test.ts",
    "test/browser/forms.test.ts",
  ],
  root,
  { ...process.env, NODE_RED_PATH: require.resolve("node-red") },
);
