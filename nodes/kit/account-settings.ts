import { asMessagingError, invalid, type MessagingError } from "../../src/error.ts";
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
    const account = text(config, "name");
    throw invalid(
      `The account${account ? ` "${account}"` : ""} has a setting that cannot be used. ${asMessagingError(thrown).message}`,
      "MISSING_ACCOUNT",
    ).with({ account });
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
  const name = text(config, "name");
  const account = name ? `The account "${name}"` : "The account";
  const live = (text(config, "mode") || "live") === "live";
  const unset = Object.entries(live ? { ...config, ...credentials } : config).find(
    ([, value]) => typeof value === "string" && /^\$[{(]\S+[})]$/.test(value),
  );
  if (unset) {
    return invalid(
      `${account} takes its "${unset[0]}" from the environment variable ${String(unset[1])}, which is not set. ` +
        `Set it where Node-RED is started, then restart it.`,
      "MISSING_ACCOUNT",
    ).with({ reason: "ENV_UNSET" });
  }
  const settingOf = (key: string) => text(config, key) || String(definition.fields[key]?.value ?? "");
  const applies = ({ when = {} }: CredentialField) =>
    Object.entries(when).every(([key, values]) => values.map(String).includes(settingOf(key)));
  const required = Object.entries(definition.credentials).filter(
    ([, credential]) => live && credential.required && applies(credential),
  );
  const missing = required.find(([key]) => !credentials[key]);
  if (!missing) return undefined;
  return invalid(`${account} has no "${missing[0]}". Open it, fill that in and deploy.`, "BAD_CREDENTIALS");
}

function text(config: Config, name: string): string {
  return String(config[name] ?? "").trim();
}
