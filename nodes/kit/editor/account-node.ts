import type { AccountNodeDefinition } from "../definition.ts";
import { allProblems, fieldChecks, withValidators, type Checks } from "./checks.ts";
import { accountDefaults, accountFields, type ProviderFacts } from "./fields.ts";
import { closeForm, openForm, type Form } from "./form.ts";
import { offerCountries, offerTimeZones } from "./lists.ts";
import { settingProblems } from "./problems.ts";
import type { EditorNode, NodeType, Translate } from "./red.ts";
import { currentValue, isVariable } from "./values.ts";

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
  const checks = withSettingChecks(fieldChecks(prefix, fields, t), Object.keys(definition.credentials), t);
  const form: Form = { prefix, fields, conditions: {}, problems: (node) => allProblems(prefix, checks, node) };
  const fieldLabel = (name: string) => t(`field.${name}`);
  const credentials = Object.entries(definition.credentials).map(
    ([name, { secret }]) => [name, { type: secret ? "password" : "text" }] as const,
  );
  const type: NodeType = {
    category: "config",
    icon: `${definition.type}.svg`,
    defaults: withValidators(accountDefaults(definition, provider), checks, fieldLabel),
    credentials: withValidators(Object.fromEntries(credentials), checks, fieldLabel),
    paletteLabel: () => t("label"),
    label() {
      if (this.name) return this.name;
      const harmless = this.mode === "sandbox" || this.mode === "off";
      return harmless ? `${provider.label} (${t(`mode.${String(this.mode)}`).toLowerCase()})` : provider.label;
    },
    oneditprepare() {
      openForm(form, this);
      offerCountries($(`#${prefix}-country`));
      offerTimeZones($(`#${prefix}-timeZone`));
    },
    oneditsave: () => closeForm(form),
    oneditcancel: () => closeForm(form),
    oneditdelete: () => closeForm(form),
  };
  RED.nodes.registerType(definition.type, type);
}

/** Adds the checks that a field's definition cannot express. Only a live account needs its credentials. */
function withSettingChecks(checks: Checks, credentials: readonly string[], t: Translate): Checks {
  const all = { ...checks };
  for (const name of credentials) {
    const isLive = (node: EditorNode) => (currentValue(prefix, node, "mode") ?? "live") === "live";
    all[name] = (node, value) => (isLive(node) ? checks[name]?.(node, value) : undefined);
  }
  for (const [name, problem] of Object.entries(settingProblems)) {
    all[name] = (node, value) => {
      const text = String(value ?? "").trim();
      return checks[name]?.(node, value) ?? (text === "" || isVariable(value) ? undefined : problem(text, t));
    };
  }
  return all;
}
