import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { basename, join, resolve } from "node:path";
import { format } from "prettier";
import type { Found, Part, Row } from "./part.ts";

const root = resolve(import.meta.dirname, "..", "..");
const README = join(root, "README.md");

const BEGIN = "<!-- bench: written by npm run bench -->";
const END = "<!-- /bench -->";

export interface Measured {
  readonly part: Part;
  readonly found: Found;
}

/** The middle one of the values, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** Whether a promise was kept, by the figures as the table shows them; true where nothing is promised. */
export function isKept({ promise, digits = 0 }: Row, values: readonly number[]): boolean {
  if (promise === undefined) return true;
  const isGood = (value: number) => {
    const shown = Number(value.toFixed(digits));
    return "least" in promise ? shown >= promise.least : shown <= promise.most;
  };
  return promise.each ? values.length > 0 && values.every(isGood) : isGood(median(values));
}

/** `4.31 × [4.20–4.40]`; a dash where it was not measured. */
export function figure({ unit, digits = 0 }: Row, values: readonly number[]): string {
  if (values.some(Number.isNaN) || values.length === 0) return "–";
  const shown = (value: number) =>
    // "negative": what rounds to zero from below is 0, not -0.
    value.toLocaleString("en-US", {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      signDisplay: "negative",
    });
  const range = `[${shown(Math.min(...values))}–${shown(Math.max(...values))}]`;
  return [shown(median(values)), unit, range].filter(Boolean).join(" ");
}

export function promised({ promise, unit }: Row): string {
  if (promise === undefined) return "";
  const [sign, value] = "least" in promise ? ["≥", promise.least] : ["≤", promise.most];
  const each = promise.each ? "each" : "";
  return [sign, value.toLocaleString("en-US"), unit, each].filter(Boolean).join(" ");
}

/** The table of the README, and what it was measured on. */
export function tableOf(measured: readonly Measured[], rounds: number, nodeRedVersion: string): string {
  const lines = measured.flatMap(({ part, found }) =>
    Object.entries(part.rows).map(
      ([name, row]) => `| ${row.what} | ${figure(row, found[name] ?? [])} | ${promised(row)} |`,
    ),
  );
  const [{ model = "" } = {}] = cpus();
  const date = new Date().toISOString().slice(0, 10);
  const where =
    `Measured ${date} with \`npm run bench\` on Node-RED ${nodeRedVersion}, Node.js ${process.versions.node}, ` +
    `${cpus().length} × ${model.trim()}, commit ${commit()}: median [least–most] of ${rounds} rounds, all in turn.`;
  return ["| what | figure | promised |", "| --- | --- | --- |", ...lines, "", where].join("\n");
}

/** What was measured: the table itself is in a later one. */
function commit(): string {
  const git = (...parameters: string[]) => execFileSync("git", parameters, { cwd: root, encoding: "utf8" }).trim();
  try {
    const isChanged = git("status", "--porcelain", "--", "src", "nodes", "bench", "package-lock.json") !== "";
    return git("rev-parse", "--short", "HEAD") + (isChanged ? " with changes" : "");
  } catch {
    return "unknown";
  }
}

/** Puts the table where the README has its marks. */
export function writeTable(table: string): Promise<void> {
  return writeBetween({ file: README, begin: BEGIN, end: END }, table);
}

/** Where a file keeps what a script writes. */
export interface Place {
  readonly file: string;
  /** The marks in front of it and behind it. */
  readonly begin: string;
  readonly end: string;
}

/** Replaces what stands between two marks of a Markdown file. Rejects where they are not there. */
export async function writeBetween({ file, begin, end }: Place, table: string): Promise<void> {
  const text = await readFile(file, "utf8");
  const [before, rest] = text.split(begin);
  const [, after] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined) throw new Error(`${basename(file)} has no marks for the table.`);
  const whole = `${before}${begin}\n\n${table}\n\n${end}${after}`;
  await writeFile(file, await format(whole, { parser: "markdown", printWidth: 120 }));
}

/** What the README shows now. */
export async function shownTable(): Promise<string> {
  const text = await readFile(README, "utf8");
  return text.slice(text.indexOf(BEGIN), text.indexOf(END));
}
