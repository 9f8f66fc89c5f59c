import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Both pinned; not a dependency of this project, which would carry 56 packages for one line of a table. */
const PACKAGES = ["node-red-node-twilio@0.1.0", "twilio@3.84.1"];

export interface InstalledPackage {
  readonly folder: string;
  remove(): Promise<void>;
}

/** Installs it into a folder of its own; undefined where there is no registry to get it from. */
export async function installTwilio(): Promise<InstalledPackage | undefined> {
  const prefix = await mkdtemp(join(tmpdir(), "messaging-bench-twilio-"));
  const remove = () => rm(prefix, { recursive: true, force: true });
  const parameters = ["install", "--prefix", prefix, "--ignore-scripts", "--no-audit", "--no-fund", ...PACKAGES];
  const npm = spawn("npm", parameters, { stdio: "ignore", timeout: 60_000 });
  const code = await new Promise<number | null>((settle) => npm.once("error", () => settle(null)).once("exit", settle));
  if (code === 0) return { folder: join(prefix, "node_modules", "node-red-node-twilio"), remove };
  await remove();
  return undefined;
}
