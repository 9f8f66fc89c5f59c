import { join, resolve } from "node:path";
import { invalid } from "../../src/error.ts";

/** Which outbox of this process has which file. */
const holders = new Map<string, string>();

/**
 * Where an outbox keeps its file. Without a path it has one of its own below the user directory; a relative path begins
 * there too. Throws MISSING_ACCOUNT where there is no user directory.
 */
export function fileOf(id: string, path: string, userDir: string | undefined): string {
  if (path !== "" && resolve(path) === path) return path;
  if (userDir === undefined) {
    throw invalid(
      "This outbox has no place for its file. Open it and give a path that begins at the root.",
      "MISSING_ACCOUNT",
      { kind: "outboxNoPlace" },
    );
  }
  return resolve(userDir, path || join("messaging", `outbox-${id.replace(/[^\w-]/g, "_")}.sqlite`));
}

/** Takes a file for an outbox, until `release`. Throws MISSING_ACCOUNT when another outbox of this process has it. */
export function claimFile(file: string, id: string): void {
  const holder = holders.get(file) ?? id;
  if (holder !== id) {
    throw invalid(
      `Another outbox (${holder}) keeps its messages in the same file. Open one of the two and give it a path of its own.`,
      "MISSING_ACCOUNT",
      { kind: "outboxSameFile", values: { other: holder } },
    );
  }
  holders.set(file, id);
}

export function releaseFile(file: string, id: string): void {
  if (holders.get(file) === id) holders.delete(file);
}
