import type { FormFields } from "./fields.ts";
import { fieldProblem, type Problem } from "./problems.ts";
import type { EditorNode, Translate, Validate } from "./red.ts";
import { currentValue, type Prefix } from "./values.ts";

/** What is wrong with each property of a node; the value is the form's while it is open. */
export type Checks = Record<string, (node: EditorNode, value: unknown) => Problem>;

export function fieldChecks(prefix: Prefix, fields: FormFields, t: Translate): Checks {
  const checks: Checks = {};
  for (const [name, field] of Object.entries(fields)) {
    checks[name] = (node, value) => fieldProblem({ prefix, node, name, field, value, t });
  }
  return checks;
}

/** The present problems of a node whose form is open. */
export function allProblems(prefix: Prefix, checks: Checks, node: EditorNode): Record<string, Problem> {
  return Object.fromEntries(
    Object.entries(checks).map(([name, check]) => [name, check(node, currentValue(prefix, node, name))]),
  );
}

/** Adds Node-RED's validators to properties; `label` names a property in the list of errors on the workspace. */
export function withValidators<P extends object>(
  properties: Readonly<Record<string, P>>,
  checks: Checks,
  label: (name: string) => string,
): Record<string, P & { validate?: Validate }> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const check = checks[name];
      return [name, check === undefined ? property : { ...property, validate: validator(check, () => label(name)) }];
    }),
  );
}

function validator(check: Checks[string], label: () => string): Validate {
  // Two parameters: Node-RED takes a string for a reason only then.
  return function (value, _options) {
    const problem = check(this, value);
    return problem === undefined ? true : `${label()}: ${problem}`;
  };
}
