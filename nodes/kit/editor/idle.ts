import { usesOutbox, type MessageNodeDefinition } from "../definition.ts";
import type { ProviderFacts } from "./fields.ts";
import type { EditorNode } from "./red.ts";
import { currentValue } from "./values.ts";

/** What in a message node's form does nothing with the provider that is chosen. */
export interface Idle {
  /** The provider, as people write it. */
  readonly provider: string;
  readonly fields: readonly string[];
  /** Options of choices. */
  readonly options: readonly string[];
}

/** Options of a send that not every provider honours; a reference comes back with the result whatever the provider does. */
const OPTIONS = ["at", "from", "senderName", "deliveryName", "encoding"];

const CHANNELS = ["sms", "email", "push"] as const;

/** Undefined where no provider is chosen that is known now: a route, the message's account, an environment variable. */
export function idleWith(
  definition: MessageNodeDefinition,
  provider: ProviderFacts | undefined,
  node: EditorNode,
): Idle | undefined {
  if (!provider) return undefined;
  const { honours, label } = provider;
  const options = CHANNELS.filter((channel) => honours[channel] === undefined);
  return { provider: label, fields: usesOutbox(definition) ? unhonoured(definition, provider, node) : [], options };
}

function unhonoured({ needs }: MessageNodeDefinition, { honours }: ProviderFacts, node: EditorNode): string[] {
  const usual = [needs].flat().includes("sendSms") ? "sms" : "email";
  const channel = CHANNELS.find((one) => one === currentValue("node-input", node, "channel")) ?? usual;
  const taken = honours[channel];
  return taken ? OPTIONS.filter((option) => !taken.includes(option)) : [];
}
