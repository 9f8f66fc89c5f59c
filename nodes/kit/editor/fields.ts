import {
  offersRoute,
  ROUTE,
  usesOutbox,
  type AccountNodeDefinition,
  type BooleanField,
  type ChoiceField,
  type ConfigNodeDefinition,
  type CredentialField,
  type Fields,
  type MessageNodeDefinition,
} from "../definition.ts";
import type { ListName, Provider } from "../../../src/provider.ts";
import type { Channel } from "../../../src/result.ts";

/** What the editor knows of a provider. */
export interface ProviderFacts extends Pick<
  Provider,
  "name" | "label" | "baseUrl" | "country" | "timeZone" | "maxSmsParts"
> {
  /** By the channels that it sends by: the options of a send that it honours there. */
  readonly honours: Readonly<Partial<Record<Channel, readonly string[]>>>;
  /** What it has to choose from. */
  readonly lists: readonly ListName[];
}

type AccountPresets = Pick<ProviderFacts, "country" | "timeZone">;

/** A property of a node as Node-RED's `defaults` has it; `type` is the config node's whose id it holds. */
export interface Default {
  value: string | number | boolean | readonly unknown[];
  type?: string;
  /** False: the config node may be left out. */
  required?: false;
}
export type Defaults = Record<string, Default>;

/** A field of a form, credentials among them. */
export type FormFields = Readonly<Record<string, Fields[string] | CredentialField>>;

const ERROR_OUTPUT: BooleanField = { kind: "boolean", value: false, more: true };

/** All fields of a message node's form below name and account, in their order. */
export function messageFields({ fields, credentials, errorOutput }: MessageNodeDefinition): FormFields {
  return { ...fields, ...credentials, ...(errorOutput && { errorOutput: ERROR_OUTPUT }) };
}

const MODE: ChoiceField = { kind: "choice", options: ["live", "sandbox", "off"], value: "live" };

/** What only counts where the real provider is meant: the sandbox needs no account. */
const NOT_IN_SANDBOX = { mode: ["live", "off"] } as const;

/**
 * All fields of an account's form below its name, in their order: those of every account, around the provider's own. One
 * that decides which credentials are asked for stands before them.
 */
export function accountFields(definition: AccountNodeDefinition, provider: AccountPresets): FormFields {
  const credentials = Object.entries(definition.credentials);
  const deciding = credentials.flatMap(([, { when = {} }]) => Object.keys(when));
  const own = (first: boolean) =>
    Object.entries(definition.fields).filter(([name]) => deciding.includes(name) === first);
  return {
    mode: MODE,
    ...Object.fromEntries(own(true)),
    ...Object.fromEntries(
      credentials.map(([name, field]) => [name, { ...field, when: { ...field.when, ...NOT_IN_SANDBOX } }] as const),
    ),
    baseUrl: { kind: "text", value: "", more: true, when: NOT_IN_SANDBOX },
    ...Object.fromEntries(own(false)),
    country: { kind: "text", value: provider.country, more: true },
    timeZone: { kind: "text", value: provider.timeZone, more: true },
    concurrency: { kind: "number", value: 10, min: 1, max: 1000, more: true },
    ratePerSecond: { kind: "number", value: 0, min: 0, max: 10_000, more: true },
  };
}

/** The saved properties of the fields: `x`, and `xType` beside it when the field is typed. Credentials are none. */
function fieldDefaults(fields: FormFields): Defaults {
  const defaults: Defaults = {};
  for (const [name, field] of Object.entries(fields)) {
    if (field.kind === "credential") continue;
    defaults[name] = { value: field.value };
    if (field.kind === "typed") defaults[`${name}Type`] = { value: field.type };
  }
  return defaults;
}

/** The config node type that holds a provider's account. */
export function accountType(provider: string): string {
  return `${provider}-account`;
}

/** `defaults` of a message node. `providers` are those able to do its job, the first one being preset. */
export function messageDefaults(definition: MessageNodeDefinition, providers: readonly ProviderFacts[]): Defaults {
  const accounts = providers.map(({ name }) => [name, { value: "", type: accountType(name) }] as const);
  return {
    name: { value: "" },
    provider: { value: providers[0]?.name ?? "" },
    ...Object.fromEntries(accounts),
    ...(offersRoute(definition, providers) && { [ROUTE]: { value: "", type: "messaging-route" } }),
    outbox: usesOutbox(definition) ? { value: "", type: "messaging-outbox", required: false } : { value: "" },
    ...fieldDefaults(messageFields(definition)),
    // Node-RED keeps the number of ports with the node where the user can change it.
    ...(definition.errorOutput ? { outputs: { value: definition.outputs.length } } : {}),
  };
}

/** All fields of a config node's form below its name, in their order. */
export function configFields({ fields, credentials }: ConfigNodeDefinition): FormFields {
  return { ...fields, ...credentials };
}

/** `defaults` of a config node that is no account. */
export function configDefaults(definition: ConfigNodeDefinition): Defaults {
  const lists = (definition.lists ?? []).map((name) => [name, { value: [] }] as const);
  return { name: { value: "" }, ...fieldDefaults(configFields(definition)), ...Object.fromEntries(lists) };
}

/** `defaults` of an account node. */
export function accountDefaults(definition: AccountNodeDefinition, provider: AccountPresets): Defaults {
  return { name: { value: "" }, ...fieldDefaults(accountFields(definition, provider)) };
}
