/**
 * Stryker's way to our tests: it runs mutants in one process, in which Mocha has loaded the tests once. Stryker's own runner for
 * Mocha asks for files that Mocha 12 no longer has.
 */
import { isAbsolute, resolve } from "node:path";
import type { InstrumenterContext, StrykerOptions } from "@stryker-mutator/api/core";
import { commonTokens, declareClassPlugin, PluginKind, tokens } from "@stryker-mutator/api/plugin";
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
  type DryRunOptions,
  type DryRunResult,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
} from "@stryker-mutator/api/test-runner";
import Mocha from "mocha";

/** Where the instrumented code looks for the mutant that is to be. */
const NAMESPACE = "__stryker__";

class MochaRunner implements TestRunner {
  static inject = tokens(commonTokens.options);
  readonly #context: InstrumenterContext;
  readonly #files: readonly string[];
  #mocha: Mocha | undefined;
  #isCounting = false;

  constructor({ testFiles }: StrykerOptions) {
    this.#files = testFiles;
    const scope = globalThis as unknown as Record<string, InstrumenterContext | undefined>;
    this.#context = scope[NAMESPACE] ??= {};
  }

  /** A module that was imported cannot be imported anew: for mutants of what it does on loading, Stryker begins another process. */
  capabilities() {
    return { reloadEnvironment: false };
  }

  async dryRun({ coverageAnalysis }: DryRunOptions): Promise<DryRunResult> {
    this.#isCounting = coverageAnalysis === "perTest";
    const result = await this.#run(/^/);
    this.#isCounting = false;
    const { mutantCoverage } = this.#context;
    return result.status === DryRunStatus.Complete && mutantCoverage ? { ...result, mutantCoverage } : result;
  }

  async mutantRun({ activeMutant, hitLimit, testFilter }: MutantRunOptions): Promise<MutantRunResult> {
    Object.assign(this.#context, { hitLimit, hitCount: hitLimit ? 0 : undefined });
    // Of a mutant that is met on loading, Stryker names the test files instead of the tests, in a process that is new.
    const titles = testFilter?.filter((name) => !isAbsolute(name)) ?? [];
    if (titles.length > 0) await this.#load();
    this.#context.activeMutant = activeMutant.id;
    const chosen = titles.map((title) => `^${title.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}$`).join("|");
    return toMutantRunResult(await this.#run(new RegExp(chosen)));
  }

  async #load(): Promise<Mocha> {
    if (this.#mocha) return this.#mocha;
    // No retries: a test that fails is what is looked for.
    const mocha = new Mocha({ reporter: "min", timeout: 20_000, bail: true }).cleanReferencesAfterRun(false);
    await import(resolve("test/support/fixed-seed.mjs"));
    for (const file of this.#files) mocha.addFile(resolve(file));
    const context = this.#context;
    const isCounting = () => this.#isCounting;
    mocha.suite.beforeEach("note whose coverage it is", function () {
      if (isCounting()) context.currentTestId = this.currentTest?.fullTitle() ?? "";
    });
    await mocha.loadFilesAsync();
    return (this.#mocha = mocha);
  }

  async #run(chosen: RegExp): Promise<DryRunResult> {
    try {
      const mocha = (await this.#load()).grep(chosen);
      const tests = await resultsOf(mocha);
      const { hitCount, hitLimit } = this.#context;
      return determineHitLimitReached(hitCount, hitLimit) ?? { status: DryRunStatus.Complete, tests };
    } catch (error) {
      return { status: DryRunStatus.Error, errorMessage: String(error) };
    }
  }
}

function resultsOf(mocha: Mocha): Promise<TestResult[]> {
  const tests: TestResult[] = [];
  return new Promise((settle) => {
    const runner = mocha.run(() => settle(tests));
    const add = (title: string, status: TestStatus, timeSpentMs = 0, failureMessage = "") => {
      const common = { id: title, name: title, timeSpentMs };
      if (status === TestStatus.Failed) tests.push({ ...common, status, failureMessage });
      else tests.push({ ...common, status: TestStatus.Success });
    };
    runner.on("pass", (test) => add(test.fullTitle(), TestStatus.Success, test.duration));
    // Of a hook, the test that it was for.
    runner.on("fail", (test, error: Error) => {
      const title = (test.ctx?.currentTest ?? test).fullTitle();
      add(title, TestStatus.Failed, test.duration, error.message || "no words");
    });
  });
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "mocha-12", MochaRunner)];
