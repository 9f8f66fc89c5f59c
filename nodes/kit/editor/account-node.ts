import { knowAccount } from "./account-draft.ts";
import { addConnection } from "./connection.ts";
import { credentialTypes, type AccountNodeDefinition } from "../definition.ts";
import { allProblems, fieldChecks, withValidators, type Checks } from "./checks.ts";
import { accountDefaults, accountFields, type ProviderFacts } from "./fields.ts";
import { CredentialsKnown } from "./credentials.ts";
import { closeForm, openForm, type Form } from "./form.ts";
import { offerCountries, offerTimeZones } from "./lists.ts";
import { credentialsProblem, settingProblems } from "./problems.ts";
import { addPicks } from "./pick-fields.ts";
import type { NodeType, Translate } from "./red.ts";
import { currentValue, isOpen, isVariable } from "./values.ts";

const prefix = "node-config-input";

/** Registers a provider's account node. */
export function account({
  definition,
  provider,
}: {
  definition: AccountNodeDefinition;
  provider: ProviderFacts;
}): void {
  const t: Translate = (key, values) => type._?.(key, values) ?? key;
  const fields = accountFields(definition, provider);
  const credentials = new CredentialsKnown(definition);
  const needed = Object.keys(definition.fields).filter((name) => fields[name]?.required === true);
  const checks = withSettingChecks(fieldChecks(prefix, fields, t), Object.keys(definition.credentials), t);
  for (const name of needed) checks[name] = unlessInSandbox(checks[name]);
  // Node-RED itself checks credentials only while their form is open, where each of them says what is wrong with it.
  checks.mode = (node, value) =>
    isLive(value) && !isOpen(prefix, node) && credentials.isLacking(node) ? credentialsProblem(t) : undefined;
  const form: Form = { prefix, fields, t, conditions: {}, problems: (node) => allProblems(prefix, checks, node) };
  const fieldLabel = (name: string) => t(`field.${name}`);
  const type: NodeType = {
    category: "config",
    icon: `${definition.type}.svg`,
    defaults: withValidators(accountDefaults(definition, provider), checks, fieldLabel),
    credentials: withValidators(credentialTypes(definition.credentials), checks, fieldLabel),
    paletteLabel: () => t("label"),
    label() {
      return withMode(this.name || provider.label, this.mode, t);
    },
    oneditprepare() {
      openForm(form, this);
      offerCountries($(`#${prefix}-country`));
      offerTimeZones($(`#${prefix}-timeZone`));
      addPicks({ prefix, fields, provider: () => provider, account: () => this }, t);
      const element = $(`#${prefix}-name`).closest(".messaging-form");
      addConnection(element, this, () => form.problems(this), t);
    },
    oneditsave() {
      credentials.take(this);
      closeForm(form);
    },
    oneditcancel: () => closeForm(form),
    oneditdelete: () => closeForm(form),
  };
  RED.nodes.registerType(definition.type, type);
  knowAccount({ definition, provider });
  credentials.watch();
}

/** Wherever an account is chosen, it is to be seen that it is not meant in earnest; a name may say so itself. */
function withMode(name: string, mode: unknown, t: Translate): string {
  if (mode !== "sandbox" && mode !== "off") return name;
  const word = t(`mode.${mode}`).toLowerCase();
  return name.toLowerCase().includes(word) ? name : `${name} (${word})`;
}

/** The sandbox has a value of its own for what was left empty. */
function unlessInSandbox(check: Checks[string] | undefined): Checks[string] {
  return (node, value) => {
    const isLeftEmpty = String(value ?? "").trim() === "";
    return isLeftEmpty && currentValue(prefix, node, "mode") === "sandbox" ? undefined : check?.(node, value);
  };
}

function isLive(mode: unknown): boolean {
  return (mode ?? "live") === "live";
}

/** Adds the checks that a field's definition cannot express. Only a live account needs its credentials. */
function withSettingChecks(checks: Checks, credentials: readonly string[], t: Translate): Checks {
  const all = { ...checks };
  for (const name of credentials) {
    all[name] = (node, value) => (isLive(currentValue(prefix, node, "mode")) ? checks[name]?.(node, value) : undefined);
  }
  for (const [name, problem] of Object.entries(settingProblems)) {
    all[name] = (node, value) => {
      const text = String(value ?? "").trim();
      return checks[name]?.(node, value) ?? (text === "" || isVariable(value) ? undefined : problem(text, t));
    };
  }
  return all;
}
