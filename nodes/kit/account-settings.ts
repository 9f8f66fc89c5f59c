import { asMessagingError, invalid, type MessagingError, type Part } from "../../src/error.ts";
import type { AccountSettings } from "../../src/sending/account.ts";
import type { AccountNodeDefinition, CredentialField } from "./definition.ts";
import { plain, type Config } from "./fields.ts";

type Credentials = Readonly<Record<string, string>>;

/** An account node's saved properties as the settings of an Account, which fills in what is empty and checks the rest. */
export function accountSettings(definition: AccountNodeDefinition, config: Config): AccountSettings {
  const options: Record<string, string> = {};
  for (const [name, field] of Object.entries(definition.fields)) {
    if (field.kind !== "typed") options[name] = setting(config, name, field);
  }
  return {
    name: text(config, "name"),
    baseUrl: text(config, "baseUrl"),
    country: text(config, "country"),
    timeZone: text(config, "timeZone"),
    concurrency: text(config, "concurrency"),
    ratePerSecond: text(config, "ratePerSecond"),
    mode: (text(config, "mode") || "live") as NonNullable<AccountSettings["mode"]>,
    options,
  };
}

/** Throws MISSING_ACCOUNT for a value that the field cannot have, as from an environment variable. */
function setting(config: Config, name: string, field: Parameters<typeof plain>[2]): string {
  try {
    return String(plain(config, name, field));
  } catch (thrown) {
    const { text, phrase } = named(config);
    const problem = asMessagingError(thrown);
    throw invalid(`${text} has a setting that cannot be used. ${problem.message}`, "MISSING_ACCOUNT", {
      kind: "settingUnusable",
      values: { who: phrase, problem },
    }).with({ account: nameOf(config) });
  }
}

/**
 * What can be seen of a bad account without loading anything: an environment variable that is not set (Node-RED then
 * leaves its `${NAME}` in place), or a credential that is missing.
 */
export function visibleProblem(
  definition: AccountNodeDefinition,
  config: Config,
  credentials: Credentials,
): MessagingError | undefined {
  const account = named(config);
  const live = (text(config, "mode") || "live") === "live";
  const unset = Object.entries(live ? { ...config, ...credentials } : config).find(
    ([, value]) => typeof value === "string" && /^\$[{(]\S+[})]$/.test(value),
  );
  if (unset) return variableUnset(account, definition.type, unset[0], String(unset[1])).with({ reason: "ENV_UNSET" });
  const settingOf = (key: string) => text(config, key) || String(definition.fields[key]?.value ?? "");
  const applies = ({ when = {} }: CredentialField) =>
    Object.entries(when).every(([key, values]) => values.map(String).includes(settingOf(key)));
  const required = Object.entries(definition.credentials).filter(
    ([, credential]) => live && credential.required && applies(credential),
  );
  const missing = required.find(([key]) => !credentials[key]);
  if (!missing) return undefined;
  const [field] = missing;
  return invalid(`${account.text} has no "${field}". Open it, fill that in and deploy.`, "BAD_CREDENTIALS", {
    kind: "credentialMissing",
    values: { who: account.phrase, field, of: definition.type },
  });
}

/** The error of an account or an outbox that Node-RED left `${NAME}` in, as there is no such environment variable. */
export function variableUnset(who: Part, of: string, field: string, variable: string): MessagingError {
  return invalid(
    `${who.text} takes its "${field}" from the environment variable ${variable}, which is not set. ` +
      `Set it where Node-RED is started, then restart it.`,
    "MISSING_ACCOUNT",
    { kind: "variableUnset", values: { who: who.phrase, field, of, variable } },
  );
}

/** The account as a sentence begins with it. */
function named(config: Config): Part {
  const account = nameOf(config);
  if (!account) return { text: "The account", phrase: { kind: "theAccount" } };
  return { text: `The account "${account}"`, phrase: { kind: "theAccountNamed", values: { account } } };
}

function nameOf(config: Config): string {
  return text(config, "name");
}

function text(config: Config, name: string): string {
  return String(config[name] ?? "").trim();
}
