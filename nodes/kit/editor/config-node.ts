import { credentialTypes, type ConfigNodeDefinition } from "../definition.ts";
import { allProblems, fieldChecks, withValidators, type Checks } from "./checks.ts";
import { extraOf } from "./extras.ts";
import { configDefaults, configFields, type ProviderFacts } from "./fields.ts";
import { closeForm, openForm, type Form } from "./form.ts";
import type { Problem } from "./problems.ts";
import type { EditorNode, NodeType, Translate } from "./red.ts";

const prefix = "node-config-input";

/** Registers a config node that is no account, made from its definition and the providers that it can use. */
export function config({
  definition,
  providers,
}: {
  definition: ConfigNodeDefinition;
  providers: ProviderFacts[];
}): void {
  const t: Translate = (key, values) => type._?.(key, values) ?? key;
  const fields = configFields(definition);
  const checks = fieldChecks(prefix, fields, t);
  const lists = () => Object.entries(extraOf(definition.type)?.lists ?? {});
  const element = () => $(`#${prefix}-name`).closest(".messaging-form");
  const listProblem = (name: string, list: unknown): Problem =>
    extraOf(definition.type)?.lists?.[name]?.problem(list, t);
  const listChecks: Checks = Object.fromEntries(
    (definition.lists ?? []).map((name) => [name, (_: EditorNode, list: unknown) => listProblem(name, list)]),
  );
  const form: Form = {
    prefix,
    fields,
    t,
    conditions: {},
    problems: (node) => ({
      ...allProblems(prefix, checks, node),
      ...Object.fromEntries(lists().map(([name, { read }]) => [name, listProblem(name, read(element()))])),
    }),
  };
  const label = (name: string) => t(`field.${name}`);
  const type: NodeType = {
    category: "config",
    icon: `${definition.type}.svg`,
    defaults: withValidators(configDefaults(definition), { ...checks, ...listChecks }, label),
    credentials: withValidators(credentialTypes(definition.credentials ?? {}), checks, label),
    paletteLabel: () => t("label"),
    label() {
      return this.name || t("label");
    },
    oneditprepare() {
      // Its lists first: what is wrong with them is shown when the form opens.
      extraOf(definition.type)?.prepare?.(element(), this, t, providers);
      openForm(form, this);
    },
    oneditsave() {
      for (const [name, { read }] of lists()) Object.assign(this, { [name]: read(element()) });
      closeForm(form);
    },
    oneditcancel: () => closeForm(form),
    oneditdelete: () => closeForm(form),
  };
  RED.nodes.registerType(definition.type, type);
  extraOf(definition.type)?.registered?.();
}
