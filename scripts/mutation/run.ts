/**
 * Changes the sources in small ways, one at a time, and runs the tests that must notice: `npm run test:mutation [target …]`.
 * Prints the changes that no test noticed; ends with 1 when a target has more of them than it may.
 */
import { relative } from "node:path";
import { Stryker } from "@stryker-mutator/core";
import type { MutantResult } from "@stryker-mutator/api/core";
import { targets, type Target } from "./targets.ts";

const FOUND: readonly string[] = ["Killed", "Timeout"];
const MISSED: readonly string[] = ["Survived", "NoCoverage"];

const wanted = process.argv.slice(2);
const scores: string[] = [];
for (const target of targets.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const results = await mutate(target);
  const missed = results.filter(({ status }) => MISSED.includes(status));
  const found = results.filter(({ status }) => FOUND.includes(status));
  for (const mutant of missed) console.log(described(mutant));
  const score = (100 * found.length) / (found.length + missed.length);
  const isEnough = score >= target.least;
  if (!isEnough) process.exitCode = 1;
  scores.push(
    `${isEnough ? "ok    " : "BROKEN"} ${target.name}: ${score.toFixed(1)} % of ${found.length + missed.length} mutants found (at least ${target.least} %)`,
  );
}
console.log(scores.join("\n"));

function mutate({ mutate, tests }: Target): Promise<MutantResult[]> {
  return new Stryker({
    mutate: [...mutate],
    testFiles: [...tests],
    testRunner: "mocha-12",
    plugins: ["./scripts/mutation/mocha-runner.ts"],
    concurrency: 1,
    coverageAnalysis: "perTest",
    reporters: ["progress-append-only"],
    // What tests need of the rest: fixtures, locales and catalogues.
    ignorePatterns: ["dist", "resources", "docs", "bench", "examples", "test/.screenshots", "test/compat"],
    timeoutMS: 10_000,
    allowConsoleColors: false,
    warnings: false,
  }).runMutationTest();
}

/** The place, what stood there and what stands there instead. */
function described({ fileName, location, replacement, status, mutatorName }: MutantResult): string {
  const { line, column } = location.start;
  const to = location.end.line === line ? `–${location.end.column}` : `–${location.end.line}:${location.end.column}`;
  const what = replacement.replace(/\s+/g, " ").slice(0, 100);
  return `${status} ${relative(process.cwd(), fileName)}:${line}:${column}${to} ${mutatorName} → ${what}`;
}
