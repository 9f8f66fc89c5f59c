import type { Node, NodeAPI, NodeMessageInFlow } from "node-red";
import { invalid, type Part } from "../../src/error.ts";
import type { ChoiceField, Field, Fields, TypedField } from "./definition.ts";

/** A node's fields as a handler gets them: what the flow's author chose, worked out for one message. */
export type Resolved<F extends Fields> = { readonly [K in keyof F]: ResolvedField<F[K]> };

type ResolvedField<F extends Field> = F extends ChoiceField
  ? F["options"][number]
  : F extends { kind: "boolean" }
    ? boolean
    : F extends { kind: "number" }
      ? number
      : F extends { kind: "text" }
        ? string
        : unknown;

/** A node as it stands in the flow file. */
export type Config = Readonly<Record<string, unknown>>;

export interface Place {
  readonly RED: NodeAPI;
  readonly node: Node;
  readonly config: Config;
}

/**
 * Works out every field for one message. A typed field that the form does not show, as it means nothing beside the others,
 * counts as empty. Rejects with INVALID_MESSAGE that names the field and where it looked.
 */
export async function resolveFields<F extends Fields>(
  place: Place,
  fields: F,
  message: NodeMessageInFlow,
): Promise<Resolved<F>> {
  const resolved: Record<string, unknown> = {};
  for (const name in fields) {
    const field = fields[name];
    if (field === undefined) continue;
    if (field.kind !== "typed") resolved[name] = plain(place.config, name, field);
    else if (!applies(place.config, fields, field) || isLeftEmpty(place, name, field)) resolved[name] = undefined;
    else {
      const found = direct(place, name, field, message);
      resolved[name] = found === UNCLEAR ? await typed(place, name, field, message) : found;
    }
  }
  return resolved as Resolved<F>;
}

/** Whether the plain fields that a field depends on have the values that it needs. */
function applies(config: Config, fields: Fields, { when }: TypedField): boolean {
  if (when === undefined) return true;
  return Object.entries(when).every(([name, values]) => {
    const field = fields[name];
    return (
      field === undefined || field.kind === "typed" || values.some((value) => value === plain(config, name, field))
    );
  });
}

/** A field that is saved as it is. It may come as text where an environment variable stood in its place. */
export function plain(config: Config, name: string, field: Exclude<Field, TypedField>): string | number | boolean {
  const saved = config[name];
  const value = saved === undefined || saved === null || saved === "" ? field.value : saved;
  switch (field.kind) {
    case "boolean":
      return value === true || value === "true";
    case "number":
      return toNumber(value, name);
    case "choice":
      return oneOf(field.options, value, name);
    case "text":
      return String(value);
  }
}

/** Whether there is nothing to look for, and nothing is amiss with that. */
function isLeftEmpty({ config }: Place, name: string, { value, type, required }: TypedField): boolean {
  return !required && (config[name] ?? value) === "" && (config[`${name}Type`] ?? type) !== "date";
}

/** A property's own name, which `RED.util` would find to be one and then read. */
const PROPERTY = /^[A-Za-z_]\w*$/;

const UNCLEAR = Symbol("unclear");

/** What a property of the message itself holds, the commonest source by far; `UNCLEAR` where that takes a closer look. */
function direct({ config }: Place, name: string, field: TypedField, message: NodeMessageInFlow): unknown {
  const value = config[name] ?? field.value;
  if ((config[`${name}Type`] ?? field.type) !== "msg" || typeof value !== "string" || !PROPERTY.test(value))
    return UNCLEAR;
  try {
    const found = (message as Record<string, unknown>)[value];
    if (found !== undefined && found !== null && found !== "") return found;
    return field.required ? UNCLEAR : undefined;
  } catch {
    return UNCLEAR;
  }
}

/** undefined for what is empty: an empty optional field is not sent. */
async function typed(place: Place, name: string, field: TypedField, message: NodeMessageInFlow): Promise<unknown> {
  const { config } = place;
  const value = config[name] ?? field.value;
  const type = String(config[`${name}Type`] ?? field.type);
  const found = value === "" && type !== "date" ? undefined : await evaluate(place, name, type, value, message);
  if (found !== undefined && found !== null && found !== "") return type === "num" ? toNumber(found, name) : found;
  if (!field.required) return undefined;
  const { text, phrase } = source(type, value);
  throw invalid(
    `The field "${name}" is empty: ${text} holds nothing. ` +
      `Fill it before this node, or choose another source for the field.`,
    field.emptyCode,
    { kind: "empty", values: { field: name, source: phrase } },
  );
}

/**
 * Node-RED's own evaluation as a promise. It has only a callback form, and it can throw before it calls back, which
 * the promise takes as a rejection.
 */
async function evaluate({ RED, node }: Place, name: string, type: string, value: unknown, message: NodeMessageInFlow) {
  // A value that is no text was put there by hand, or by an environment variable of another type: it is the value.
  if (typeof value !== "string") return value;
  try {
    return await new Promise<unknown>((resolve, reject) => {
      RED.util.evaluateNodeProperty(value, type, node, message, (error, result: unknown) =>
        error ? reject(error) : resolve(result),
      );
    });
  } catch (error) {
    // msg.a.b of a message without msg.a: there is nothing at that place.
    if (type === "msg" && error instanceof TypeError) return undefined;
    throw unreadable(name, type, value, error);
  }
}

/** The reason is left out, for it may quote the message; a JSONata error is told by its code and position. */
function unreadable(name: string, type: string, value: string, error: unknown) {
  const { code, position } = Object(error) as { code?: unknown; position?: unknown };
  const known = type === "jsonata" && typeof code === "string" && /^[A-Z]\d{4}$/.test(code);
  const where = known ? placeOf(code, position) : { text: "", phrase: "" };
  const { text, phrase } = source(type, value);
  return invalid(
    `The field "${name}" could not be read: ${text} failed${where.text}. Check the field.`,
    "INVALID_MESSAGE",
    { kind: "unreadable", values: { field: name, source: phrase, where: where.phrase } },
  );
}

function placeOf(code: string, position: unknown): Source {
  if (typeof position !== "number") return { text: ` (${code})`, phrase: ` (${code})` };
  const text = ` (${code} at character ${position})`;
  return { text, phrase: { kind: "atCharacter", values: { code, position } } };
}

/** A part of a sentence that may be the same in every language. */
interface Source {
  readonly text: string;
  readonly phrase: Part["phrase"] | string;
}

/** Where a typed field looks, as its form shows it. A literal may be the message itself, so it is not quoted. */
function source(type: string, value: unknown): Source {
  const name = String(value);
  if (type === "msg" || type === "flow" || type === "global") {
    return { text: `${type}.${name}`, phrase: `${type}.${name}` };
  }
  if (type === "env") {
    return { text: `the environment variable ${name}`, phrase: { kind: "sourceVariable", values: { name } } };
  }
  if (type === "jsonata") return { text: "its JSONata expression", phrase: { kind: "sourceExpression" } };
  return { text: "its value", phrase: { kind: "sourceValue" } };
}

function toNumber(value: unknown, name: string): number {
  const number = typeof value === "string" && value.trim() === "" ? NaN : Number(value);
  if (Number.isFinite(number)) return number;
  const message = `The field "${name}" must be a number. Correct it in the node's form.`;
  throw invalid(message, "INVALID_MESSAGE", { kind: "notNumber", values: { field: name } });
}

function oneOf(options: readonly string[], value: unknown, name: string): string {
  const found = options.find((option) => option === value);
  if (found !== undefined) return found;
  const listed = options.join(", ");
  const message = `The field "${name}" must be one of ${listed}. Correct it in the node's form.`;
  throw invalid(message, "INVALID_MESSAGE", { kind: "oneOf", values: { field: name, options: listed } });
}
