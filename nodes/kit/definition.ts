import type { ListName, Operations, Provider } from "../../src/provider.ts";
import type { Channel } from "../../src/result.ts";

/** In place of a provider's name in the property `provider`: the account is that of `msg.account`. */
export const FROM_MESSAGE = "message";

/** The same for a route, whose config node's id is in the property of this name. */
export const ROUTE = "route";

/** Node-RED's TypedInput types that we use. */
export type InputType = "msg" | "flow" | "global" | "str" | "num" | "bool" | "json" | "env" | "date" | "jsonata";

interface FieldBase {
  /** Left empty in the form = not sent. A required field that resolves to nothing is an error before any request. */
  readonly required?: boolean;
  /** Folded under "More" in the form. */
  readonly more?: boolean;
  /** Shown only while another plain field has one of these values. */
  readonly when?: Readonly<Record<string, readonly (string | boolean)[]>>;
}

/** A list of the provider's that a field's value can be chosen from; it can be typed all the same. */
export interface PickList {
  readonly list: ListName;
  /** The field holds several, as a comma list. */
  readonly many?: boolean;
}

/**
 * What a literal in a typed field is, where the form tells about it while it is typed: how it travels as an SMS (of a template,
 * once its `{{…}}` are filled in), to whom it goes, which moment it is.
 */
export type LiveKind = "sms-text" | "sms-template" | "numbers" | "addresses" | "time";

/** A field with a TypedInput: saved as `x` and `xType`, resolved against each message. */
export interface TypedField extends FieldBase {
  readonly kind: "typed";
  readonly types: readonly InputType[];
  readonly type: InputType;
  readonly value: string;
  /** The error code of a required field that resolves to nothing; INVALID_MESSAGE unless it says otherwise. */
  readonly emptyCode?: "INVALID_NUMBER";
  /** Refused by `positive()` where it is no number above zero. */
  readonly positive?: boolean;
  /** A smaller number counts as this one. */
  readonly min?: number;
  readonly pick?: PickList;
  readonly live?: LiveKind;
}
/** A field saved as it is. `${ENV_VAR}` is filled in by Node-RED. */
export interface TextField extends FieldBase {
  readonly kind: "text";
  readonly value: string;
  readonly pick?: PickList;
}
export interface NumberField extends FieldBase {
  readonly kind: "number";
  readonly value: number;
  readonly min?: number;
  readonly max?: number;
}
export interface BooleanField extends FieldBase {
  readonly kind: "boolean";
  readonly value: boolean;
}
/** One of a fixed list; labels are the catalogue's `<field>.<option>`. */
export interface ChoiceField extends FieldBase {
  readonly kind: "choice";
  readonly options: readonly string[];
  readonly value: string;
}
/** Kept in Node-RED's encrypted credentials, never in the flow file. */
export interface CredentialField extends FieldBase {
  readonly kind: "credential";
  readonly secret: boolean;
}

export type Field = TypedField | TextField | NumberField | BooleanField | ChoiceField;
export type Fields = Readonly<Record<string, Field>>;

/**
 * A message node as data: the one source of its identity, ports and fields. The runtime, the editor's defaults, the
 * form's HTML and the label tests are all made from it.
 */
export interface MessageNodeDefinition<F extends Fields = Fields> {
  readonly type: string;
  /** Palette colour; the icon is the SVG named after the type in `icons/`. */
  readonly color: string;
  readonly inputs: 0 | 1;
  /** Catalogue keys of the output labels; their number is the number of outputs, the error output not counted. */
  readonly outputs: readonly string[];
  /** Whether the node offers the option `errorOutput`, which adds a last output. */
  readonly errorOutput: boolean;
  /** Whether a message with a truthy `msg.cancel` stops the node's running work instead of starting any. */
  readonly cancellable?: boolean;
  /** Whether the account may come with the message (`msg.account`), so that an answer goes the way its question came. */
  readonly replies?: boolean;
  /** Kept by Node-RED apart from the flow. */
  readonly credentials?: Readonly<Record<string, CredentialField>>;
  /** The provider operation that it needs: a provider without it is not offered. */
  readonly needs: keyof Operations | readonly (keyof Operations)[];
  readonly fields: F;
}

/** A provider's account (config) node as data. */
export interface AccountNodeDefinition {
  readonly type: `${string}-account`;
  /** The provider's own settings, between base URL and country in the form. */
  readonly fields: Fields;
  readonly credentials: Readonly<Record<string, CredentialField>>;
}

/** A config node that is no account, as data: a route, an outbox. */
export interface ConfigNodeDefinition<F extends Fields = Fields> {
  readonly type: `messaging-${string}`;
  readonly fields: F;
  /** Kept by Node-RED apart from the flow. */
  readonly credentials?: Readonly<Record<string, CredentialField>>;
  /** Saved properties that hold lists: their rows of the form are filled by the node's editor.ts. */
  readonly lists?: readonly string[];
  /** Where it uses accounts: the operations of which their providers have one. */
  readonly needs?: readonly (keyof Operations)[];
}

export function defineMessageNode<const F extends Fields>(
  definition: MessageNodeDefinition<F>,
): MessageNodeDefinition<F> {
  return definition;
}

export function defineAccountNode<const D extends AccountNodeDefinition>(definition: D): D {
  return definition;
}

export function defineConfigNode<const D extends ConfigNodeDefinition>(definition: D): D {
  return definition;
}

/** `credentials` of a node, as `registerType` takes them in the editor and in the runtime. */
export function credentialTypes(
  credentials: Readonly<Record<string, CredentialField>>,
): Record<string, { type: "text" | "password" }> {
  return Object.fromEntries(
    Object.entries(credentials).map(([name, { secret }]) => [name, { type: secret ? "password" : "text" }]),
  );
}

/** Where a text can come from. */
const TEXT: readonly InputType[] = ["msg", "flow", "global", "str", "env", "jsonata"];

/** The same for what may also be written as digits: a phone number, an id, milliseconds. */
export const TEXT_OR_NUMBER: readonly InputType[] = ["msg", "flow", "global", "str", "num", "env", "jsonata"];

/** The same for what may also be written out as a list or an object. */
export const STRUCTURED: readonly InputType[] = ["msg", "flow", "global", "str", "num", "json", "env", "jsonata"];

/** Where a number can come from. */
export const COUNT: readonly InputType[] = ["num", "msg", "flow", "global", "env", "jsonata"];

/** A typed field that reads a message property by default. */
export function fromMessage(
  property: string,
  more: Omit<Partial<TypedField>, "kind" | "type" | "value"> = {},
): TypedField {
  return { kind: "typed", types: TEXT, type: "msg", value: property, ...more };
}

/** A typed field that is empty by default, so that nothing is sent for it. */
export function optional(more: Omit<Partial<TypedField>, "kind"> = {}): TypedField {
  return { kind: "typed", types: TEXT, type: "str", value: "", more: true, ...more };
}

/** Whether a node can hand its messages to an outbox: it sends SMS or e-mail and nothing else. */
export function usesOutbox({ needs }: Pick<MessageNodeDefinition, "needs">): boolean {
  return typeof needs === "string" ? isStored(needs) : needs.every(isStored);
}

function isStored(operation: keyof Operations): boolean {
  return operation === "sendSms" || operation === "sendEmail";
}

/** What a node that sends sends; send-bulk's result says it itself. */
export function channelOf({ needs }: Pick<MessageNodeDefinition, "needs">): Channel {
  if ([needs].flat().includes("sendPush")) return "push";
  return [needs].flat().every((operation) => operation === "sendEmail") ? "email" : "sms";
}

/** Whether a node offers a route: what can be stored can go several ways too, where there are providers to choose from. */
export function offersRoute(definition: Pick<MessageNodeDefinition, "needs">, providers: readonly unknown[]): boolean {
  return usesOutbox(definition) && providers.length > 1;
}

/** The providers able to do a node's job, in the order of the list. */
export function ableProviders(
  { needs = [] }: Pick<Partial<MessageNodeDefinition>, "needs">,
  providers: readonly Provider[],
): Provider[] {
  return providers.filter((provider) =>
    [needs].flat().some((operation) => provider.operations[operation] !== undefined),
  );
}
