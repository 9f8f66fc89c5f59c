import { randomBytes } from "node:crypto";
import { access, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");

/**
 * Makes a Node-RED user directory that has this checkout installed as a package, and these example flows, a tab each.
 * Flows that are there already are kept: they may be somebody's work.
 */
export async function prepareUserDir(directory: string, ...flowFiles: readonly string[]): Promise<void> {
  await mkdir(join(directory, "node_modules"), { recursive: true });
  const link = join(directory, "node_modules", "node-red-contrib-messaging");
  await rm(link, { force: true, recursive: true });
  await symlink(root, link, "junction");
  const flows = join(directory, "flows.json");
  if (await exists(flows)) return;
  const tabs = await Promise.all(flowFiles.map(async (file) => JSON.parse(await readFile(file, "utf8")) as unknown[]));
  await writeFile(flows, JSON.stringify(tabs.flat(), undefined, 2));
}

/** The secret that credentials are encrypted with: made once, and kept where only its owner can read it. */
export async function credentialSecret(directory: string): Promise<string> {
  const file = join(directory, "credential-secret");
  if (!(await exists(file))) await writeFile(file, randomBytes(32).toString("hex"), { mode: 0o600, flag: "wx" });
  return readFile(file, "utf8");
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
