import { credentialTypes, offersRoute, ROUTE, usesOutbox, type MessageNodeDefinition } from "../definition.ts";
import { allProblems, fieldChecks, withValidators, type Checks } from "./checks.ts";
import { extraOf } from "./extras.ts";
import { messageDefaults, messageFields, type ProviderFacts } from "./fields.ts";
import { closeForm, openForm, type Form } from "./form.ts";
import { idleWith } from "./idle.ts";
import { liveProblem, showLive } from "./live.ts";
import { markModes } from "./mode-mark.ts";
import { addPicks } from "./pick-fields.ts";
import { accountProblem, channelProblem, idleNote, outboxProblem, routeProblem, type Problem } from "./problems.ts";
import type { EditorNode, NodeType, Translate } from "./red.ts";
import { currentValue, isVariable, unnamedProvider } from "./values.ts";

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
  const hasChoice = names.length > 1 || definition.replies === true;
  const choices = [...names, ...(offersRoute(definition, providers) ? [ROUTE] : [])];
  const way = (node: EditorNode) => (hasChoice ? chosenWay(choices, node) : choices[0]);
  const provider = (node: EditorNode) => providers.find(({ name }) => name === way(node));
  const checks: Checks = {
    ...withMoreChecks(fieldChecks(prefix, fields, t), (node, name) => moreProblem(definition, node, name, t, provider)),
    ...accountChecks(choices, way, t),
    ...(usesOutbox(definition) && { outbox: (_node, value) => outboxProblem(value, t) }),
  };
  const form: Form = {
    prefix,
    fields,
    t,
    conditions: hasChoice ? Object.fromEntries(choices.map((name) => [name, { provider: [name] }])) : {},
    problems: (node) => allProblems(prefix, checks, node),
    idle: (node) => idleWith(definition, provider(node), node),
    note: (provider) => idleNote(provider, t),
  };
  const label = (name: string) => t(names.includes(name) ? "field.account" : `field.${name}`);
  const type: NodeType = {
    category: "messaging",
    color: definition.color,
    icon: `${definition.type}.svg`,
    inputs: definition.inputs,
    outputs: definition.outputs.length,
    defaults: withValidators(messageDefaults(definition, providers), checks, label),
    credentials: withValidators(credentialTypes(definition.credentials ?? {}), checks, label),
    paletteLabel: () => t("label"),
    label() {
      return this.name || t("label");
    },
    labelStyle() {
      return this.name ? "node_label_italic" : "";
    },
    outputLabels: (index) => t(`output.${definition.outputs[index] ?? "error"}`),
    oneditprepare() {
      openForm(form, this, () => showLive(definition, this, t, provider));
      const account = () => RED.nodes.node(String($(`#${prefix}-${provider(this)?.name}`).val())) ?? undefined;
      addPicks({ prefix, fields, provider: () => provider(this), account }, t);
      if (definition.errorOutput) followErrorOutput(definition.outputs.length);
      extraOf(definition.type)?.prepare?.($(`#${prefix}-name`).closest(".messaging-form"), this, t, providers);
    },
    oneditsave: () => closeForm(form),
    oneditcancel: () => closeForm(form),
  };
  RED.nodes.registerType(definition.type, type);
  markModes(definition.type, { type, provider: names[0] ?? "" });
}

/** A provider, a route, or that the message tells. */
function chosenWay(choices: readonly string[], node: EditorNode): unknown {
  return currentValue(prefix, node, "provider") || unnamedProvider(node, choices);
}

/** What is known to be wrong with a value beyond what its field's definition says. */
function moreProblem(
  definition: MessageNodeDefinition,
  node: EditorNode,
  name: string,
  t: Translate,
  provider: (node: EditorNode) => ProviderFacts | undefined,
): Problem {
  if (name === "channel") return channelProblem(currentValue(prefix, node, name), provider(node), t);
  const own = extraOf(definition.type)?.problems?.[name];
  return liveProblem(definition, node, name, t, provider) ?? own?.(node, t);
}

function withMoreChecks(checks: Checks, more: (node: EditorNode, name: string) => Problem): Checks {
  return Object.fromEntries(
    Object.entries(checks).map(([name, check]) => [name, (node, value) => check(node, value) ?? more(node, name)]),
  );
}

/** The chosen provider's account, or the route, must be there; the others are not looked at. */
function accountChecks(choices: readonly string[], way: (node: EditorNode) => unknown, t: Translate): Checks {
  const isChosen = (node: EditorNode, name: string) => way(node) === name || isVariable(way(node));
  const problem = (name: string, value: unknown): Problem =>
    name === ROUTE ? routeProblem(value, t) : accountProblem(value, t);
  return Object.fromEntries(
    choices.map((name) => [name, (node, value) => (isChosen(node, name) ? problem(name, value) : undefined)]),
  );
}

/** The node has one more port while `errorOutput` is ticked. */
function followErrorOutput(ports: number): void {
  const tick = $(`#${prefix}-errorOutput`);
  // What an environment variable will say is not known here: the ports stay as they are.
  if (tick.attr("type") !== "checkbox") return;
  const count = () => void $(`#${prefix}-outputs`).val(ports + (tick.prop("checked") === true ? 1 : 0));
  tick.on("change", count);
  count();
}
