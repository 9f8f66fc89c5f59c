import { baseUrlFault } from "../../../src/base-url.ts";
import { isCountry } from "../../../src/country.ts";
import { isTimeZone } from "../../../src/time-zone.ts";
import { aboveZero } from "../above-zero.ts";
import type { TypedField } from "../definition.ts";
import type { FormFields, ProviderFacts } from "./fields.ts";
import type { EditorNode, Translate } from "./red.ts";
import { applies, currentValue, isVariable, type Prefix } from "./values.ts";

/** What is wrong with a value, in the viewer's language; undefined when nothing is. */
export type Problem = string | undefined;

interface FieldValue {
  prefix: Prefix;
  node: EditorNode;
  name: string;
  field: FormFields[string];
  /** undefined stands for a property that the flow file does not have: its default holds. */
  value: unknown;
  t: Translate;
}

/** Checks one field of a form. A field that is not shown is not checked. */
export function fieldProblem({ prefix, node, name, field, value, t }: FieldValue): Problem {
  if (field.kind === "boolean" || field.kind === "choice") return undefined;
  if (value === undefined || isVariable(value) || !applies(prefix, node, field.when)) return undefined;
  const text = String(value).trim();
  // A stored password is not sent back to the browser; its control then holds a placeholder and is not empty.
  if (text === "") return field.required === true ? t("problem.empty") : undefined;
  if (field.kind === "number") return rangeProblem(text, field.min, field.max, t);
  if (field.kind !== "typed") return undefined;
  const type = currentValue(prefix, node, `${name}Type`) ?? field.type;
  const verdict = RED.utils.validateTypedProperty(text, String(type), {});
  if (verdict !== true) return verdict;
  return type === "num" || type === "str" ? numberProblem(text, field, t) : undefined;
}

/** A literal of a typed field that is to be a number. */
function numberProblem(text: string, { positive, min }: TypedField, t: Translate): Problem {
  if (positive === true && aboveZero(text) === undefined) return t("problem.positive");
  return min === undefined ? undefined : rangeProblem(text, min, undefined, t);
}

function rangeProblem(text: string, min = -Infinity, max = Infinity, t: Translate): Problem {
  const number = Number(text);
  if (Number.isNaN(number)) return t("problem.number");
  if (number < min) return t("problem.least", { min });
  return number > max ? t("problem.most", { max }) : undefined;
}

/** Checks the choice of an account. */
export function accountProblem(value: unknown, t: Translate): Problem {
  if (isVariable(value)) return undefined;
  if (typeof value !== "string" || value === "" || value === "_ADD_") return t("problem.noAccount");
  const account = RED.nodes.node(value);
  if (!account) return t("problem.accountGone");
  return account.valid === false ? t("problem.accountInvalid") : undefined;
}

/** Checks the choice of a route. */
export function routeProblem(value: unknown, t: Translate): Problem {
  if (isVariable(value)) return undefined;
  if (typeof value !== "string" || value === "" || value === "_ADD_") return t("problem.noRoute");
  const route = RED.nodes.node(value);
  if (!route) return t("problem.routeGone");
  return route.valid === false ? t("problem.routeInvalid") : undefined;
}

/** Checks the choice of an outbox, which may be left out. */
export function outboxProblem(value: unknown, t: Translate): Problem {
  if (isVariable(value) || typeof value !== "string" || value === "" || value === "_ADD_") return undefined;
  return RED.nodes.node(value) ? undefined : t("problem.outboxGone");
}

/** Checks the choice of a channel: a person may have changed the provider since. */
export function channelProblem(channel: unknown, provider: ProviderFacts | undefined, t: Translate): Problem {
  if (!provider || (channel !== "sms" && channel !== "email") || provider.honours[channel]) return undefined;
  const { label } = provider;
  return channel === "sms" ? t("problem.noSms", { provider: label }) : t("problem.noEmail", { provider: label });
}

/** Said below a field that is set but does nothing with the chosen provider. */
export function idleNote(provider: string, t: Translate): string {
  return t("problem.notTaken", { provider });
}

/** Said of an account that is live without the credentials that it needs. */
export function credentialsProblem(t: Translate): Problem {
  return t("problem.noCredentials");
}

/** Settings of an account that a range cannot describe. */
export const settingProblems: Readonly<Record<string, (text: string, t: Translate) => Problem>> = {
  baseUrl: (text, t) => (baseUrlFault(text) ? t("problem.baseUrl") : undefined),
  country: (text, t) => (isCountry(text.toUpperCase()) ? undefined : t("problem.country")),
  timeZone: (text, t) => (isTimeZone(text) ? undefined : t("problem.timeZone")),
  concurrency: (text, t) => (Number.isInteger(Number(text)) ? undefined : t("problem.whole")),
};
