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

/**
 * The one encoding that a provider has to honour: GSM-7 is checked before anything is sent, so that it holds with every
 * provider, and automatic asks for nothing.
 */
const UCS2 = "ucs2";

const CHANNELS = ["sms", "email", "push"] as const;

/** Undefined where no provider is chosen that is known now: a route, the message's account, an environment variable. */
export function idleWith(
  definition: MessageNodeDefinition,
  provider: ProviderFacts | undefined,
  node: EditorNode,
): Idle | undefined {
  if (!provider) return undefined;
  const { honours, label } = provider;
  const channels = CHANNELS.filter((channel) => honours[channel] === undefined);
  const unhonoured = usesOutbox(definition) ? unhonouredBy(definition, provider, node) : [];
  const isUcs2 = currentValue("node-input", node, "encoding") === UCS2;
  return {
    provider: label,
    fields: unhonoured.filter((name) => name !== "encoding" || isUcs2),
    options: [...channels, ...(unhonoured.includes("encoding") ? [UCS2] : [])],
  };
}

function unhonouredBy({ needs }: MessageNodeDefinition, { honours }: ProviderFacts, node: EditorNode): string[] {
  const usual = [needs].flat().includes("sendSms") ? "sms" : "email";
  const channel = CHANNELS.find((one) => one === currentValue("node-input", node, "channel")) ?? usual;
  const taken = honours[channel];
  return taken ? OPTIONS.filter((option) => !taken.includes(option)) : [];
}
