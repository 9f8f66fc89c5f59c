import type { LiveKind, MessageNodeDefinition, TypedField } from "../definition.ts";
import type { FormFields, ProviderFacts } from "./fields.ts";
import type { Aid, KnownAccount, LiveField } from "./live-field.ts";
import { recipientsAid, recipientsProblem } from "./live-recipients.ts";
import { textAid, textProblem } from "./live-text.ts";
import { timeAid, timeProblem } from "./live-time.ts";
import type { Problem } from "./problems.ts";
import type { EditorNode, Translate } from "./red.ts";
import { currentValue, isVariable } from "./values.ts";

const prefix = "node-input";

type ProviderOf = (node: EditorNode) => ProviderFacts | undefined;

interface Kind {
  /** The types of a literal, of which something is known before a message comes. */
  readonly types: readonly string[];
  readonly aid: (field: LiveField, control: JQuery) => Aid;
  readonly problem: (field: LiveField, value: string, type: string) => Problem;
}

const text: Kind = { types: ["str"], aid: textAid, problem: textProblem };
const recipients: Kind = { types: ["str", "num"], aid: recipientsAid, problem: recipientsProblem };
const time: Kind = { types: ["str", "num"], aid: timeAid, problem: timeProblem };

const KINDS: Readonly<Record<LiveKind, Kind>> = {
  "sms-text": text,
  "sms-template": text,
  numbers: recipients,
  addresses: recipients,
  time,
};

function liveFields(fields: FormFields): [string, TypedField & { live: LiveKind }][] {
  return Object.entries(fields).flatMap(([name, field]) =>
    field.kind === "typed" && field.live !== undefined ? [[name, { ...field, live: field.live }]] : [],
  );
}

/** Builds what a form tells of literal values; the result brings it up to date. */
export function showLive(definition: MessageNodeDefinition, node: EditorNode, t: Translate, provider: ProviderOf) {
  const refreshers = liveFields(definition.fields).map(([name, field]) => {
    const live = liveField({ node, t, provider }, name, field.live);
    const control = $(`#${prefix}-${name}`);
    const { types, aid } = KINDS[field.live];
    const { element, refresh } = aid(live, control);
    element.addClass("messaging-live").attr("id", `${prefix}-${name}-live`);
    control.nextAll(".red-ui-typedInput-container").first().after(element);
    return () => {
      const { value, type } = literal(live, field);
      const isShown = types.includes(type) && !isVariable(value) && isMeant(live);
      element.toggle(isShown);
      if (isShown) refresh(value, type);
    };
  });
  return () => refreshers.forEach((refresh) => refresh());
}

/** What is known to be wrong with the literal in one field. */
export function liveProblem(
  definition: MessageNodeDefinition,
  node: EditorNode,
  name: string,
  t: Translate,
  provider: ProviderOf,
): Problem {
  const [, field] = liveFields(definition.fields).find(([one]) => one === name) ?? [];
  if (!field) return undefined;
  const live = liveField({ node, t, provider }, name, field.live);
  const { value, type } = literal(live, field);
  const { types, problem } = KINDS[field.live];
  if (!types.includes(type) || value.trim() === "" || isVariable(value) || !isMeant(live)) return undefined;
  return problem(live, value, type);
}

/** The text of a node that can send e-mail too may be no SMS. */
function isMeant({ kind, node }: LiveField): boolean {
  return kind !== "sms-template" || (currentValue(prefix, node, "channel") ?? "sms") === "sms";
}

function liveField(
  of: { node: EditorNode; t: Translate; provider: ProviderOf },
  name: string,
  kind: LiveKind,
): LiveField {
  const { node, t, provider } = of;
  return { name, kind, node, t, account: () => knownAccount(node, provider(node)) };
}

function literal({ name, node }: LiveField, field: TypedField): { value: string; type: string } {
  return {
    value: String(currentValue(prefix, node, name) ?? field.value),
    type: String(currentValue(prefix, node, `${name}Type`) ?? field.type),
  };
}

function knownAccount(node: EditorNode, provider: ProviderFacts | undefined): KnownAccount | undefined {
  if (!provider) return undefined;
  const id = String(currentValue(prefix, node, provider.name) ?? "");
  if (isVariable(id)) return undefined;
  const account = RED.nodes.node(id);
  const setting = (name: "country" | "timeZone") => String(account?.[name] ?? "").trim() || provider[name];
  return { id, provider, country: setting("country"), timeZone: setting("timeZone") };
}
