import type { Operations, Provider } from "../../src/provider.ts";

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

/** A field with a TypedInput: saved as `x` and `xType`, resolved against each message. */
export interface TypedField extends FieldBase {
  readonly kind: "typed";
  readonly types: readonly InputType[];
  readonly type: InputType;
  readonly value: string;
  /** The error code of a required field that resolves to nothing; INVALID_MESSAGE unless it says otherwise. */
  readonly emptyCode?: "INVALID_NUMBER";
}
/** A field saved as it is. `${ENV_VAR}` is filled in by Node-RED. */
export interface TextField extends FieldBase {
  readonly kind: "text";
  readonly value: string;
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

export function defineMessageNode<const F extends Fields>(
  definition: MessageNodeDefinition<F>,
): MessageNodeDefinition<F> {
  return definition;
}

export function defineAccountNode<const D extends AccountNodeDefinition>(definition: D): D {
  return definition;
}

const RESOLVABLE: readonly InputType[] = ["msg", "flow", "global", "str", "env", "jsonata"];

/** A typed field that reads a message property by default. */
export function fromMessage(
  property: string,
  more: Omit<Partial<TypedField>, "kind" | "type" | "value"> = {},
): TypedField {
  return { kind: "typed", types: RESOLVABLE, type: "msg", value: property, ...more };
}

/** A typed field that is empty by default, so that nothing is sent for it. */
export function optional(more: Omit<Partial<TypedField>, "kind"> = {}): TypedField {
  return { kind: "typed", types: RESOLVABLE, type: "str", value: "", more: true, ...more };
}

/** The providers able to do a node's job, in the order of the list. */
export function ableProviders(
  definition: Pick<MessageNodeDefinition, "needs">,
  providers: readonly Provider[],
): Provider[] {
  const needs = [definition.needs].flat();
  return providers.filter((provider) => needs.some((operation) => provider.operations[operation] !== undefined));
}
