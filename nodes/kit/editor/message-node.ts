import type { MessageNodeDefinition } from "../definition.ts";
import { allProblems, fieldChecks, withValidators, type Checks } from "./checks.ts";
import { messageDefaults, messageFields, type ProviderFacts } from "./fields.ts";
import { closeForm, openForm, type Form } from "./form.ts";
import { accountProblem } from "./problems.ts";
import type { EditorNode, NodeType, Translate } from "./red.ts";
import { currentValue, isVariable } from "./values.ts";

const prefix = "node-input";

/** Registers a message node, made from its definition and the providers able to do its job. */
export function message({
  definition,
  providers,
}: {
  definition: MessageNodeDefinition;
  providers: ProviderFacts[];
}): void {
  const t: Translate = (key, values) => type._?.(key, values) ?? key;
  const names = providers.map(({ name }) => name);
  const fields = messageFields(definition);
  const checks = { ...fieldChecks(prefix, fields, t), ...accountChecks(names, t) };
  const form: Form = {
    prefix,
    fields,
    conditions: names.length < 2 ? {} : Object.fromEntries(names.map((name) => [name, { provider: [name] }])),
    problems: (node) => allProblems(prefix, checks, node),
  };
  const type: NodeType = {
    category: "messaging",
    color: definition.color,
    icon: `${definition.type}.svg`,
    inputs: definition.inputs,
    outputs: definition.outputs.length,
    defaults: withValidators(messageDefaults(definition, providers), checks, (name) =>
      t(names.includes(name) ? "field.account" : `field.${name}`),
    ),
    paletteLabel: () => t("label"),
    label() {
      return this.name || t("label");
    },
    labelStyle() {
      return this.name ? "node_label_italic" : "";
    },
    outputLabels: (index) => t(`output.${definition.outputs[index] ?? "error"}`),
    oneditprepare() {
      openForm(form, this);
      if (definition.errorOutput) followErrorOutput(definition.outputs.length);
    },
    oneditsave: () => closeForm(form),
    oneditcancel: () => closeForm(form),
  };
  RED.nodes.registerType(definition.type, type);
}

/** The chosen provider's account must be there; the others are not looked at. */
function accountChecks(names: readonly string[], t: Translate): Checks {
  const isChosen = (node: EditorNode, name: string) => {
    const chosen = names.length < 2 ? names[0] : (currentValue(prefix, node, "provider") ?? names[0]);
    return chosen === name || isVariable(chosen);
  };
  return Object.fromEntries(
    names.map((name) => [name, (node, value) => (isChosen(node, name) ? accountProblem(value, t) : undefined)]),
  );
}

/** The node has one more port while `errorOutput` is ticked. */
function followErrorOutput(ports: number): void {
  const tick = $(`#${prefix}-errorOutput`);
  const count = () => void $(`#${prefix}-outputs`).val(ports + (tick.prop("checked") === true ? 1 : 0));
  tick.on("change", count);
  count();
}
