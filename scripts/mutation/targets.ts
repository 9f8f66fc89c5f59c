/** What is mutated, with the tests that must notice. */
export interface Target {
  readonly name: string;
  /** Globs of sources. */
  readonly mutate: readonly string[];
  /** Test files that cover them; none of them needs more than a part of a minute. */
  readonly tests: readonly string[];
  /** Percent of the mutants that must be found. */
  readonly least: number;
}

export const targets: readonly Target[] = [
  {
    name: "verdict",
    mutate: ["src/verdict*.ts"],
    tests: ["test/unit/verdict.test.ts"],
    least: 95,
  },
];
