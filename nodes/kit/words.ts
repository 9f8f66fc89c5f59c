import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Node, NodeAPI } from "node-red";
import { MessagingError, type ErrorCode, type Phrase } from "../../src/error.ts";
import { failureKey } from "./failures.ts";
import { runtimeLanguage, type Language } from "./language.ts";

type Runtime = typeof import("./locales/en-US.runtime.json");

/** What a node may warn of. */
export type WarningKind = keyof Runtime["warning"];

/** What fills the blanks of a sentence. `field` is a field's name, shown as its label: in the node, or in one of the type `of`. */
export type Values = NonNullable<Phrase["values"]>;

/** Warns the flow's author: in the log and the debug sidebar. */
export type Warn = (kind: WarningKind, values?: Values) => void;

interface Catalogue {
  readonly [key: string]: string | Catalogue;
}

const catalogues = new Map<string, Catalogue>();

/** A catalogue as the build has put it beside the code. Read when it is first needed; most Node-REDs need one language. */
function catalogue(...path: readonly [string, ...string[]]): Catalogue {
  const file = join(__dirname, ...path);
  const known = catalogues.get(file) ?? (JSON.parse(readFileSync(file, "utf8")) as Catalogue);
  catalogues.set(file, known);
  return known;
}

/** The text at a dotted key. */
function lookUp(from: Catalogue, key: string): string | undefined {
  let found: string | Catalogue | undefined = from;
  for (const part of key.split(".")) found = typeof found === "object" ? found[part] : undefined;
  return typeof found === "string" ? found : undefined;
}

/** A phrase that only tells who was asked, for the meaning of a failure. */
const REQUEST = "request";

/** Codes whose meanings tell of a provider's host. */
const NAMES_HOST: readonly ErrorCode[] = ["PROVIDER_ERROR", "UNREACHABLE", "TIMEOUT", "BAD_REPLY"];

/** All that a person reads of the runtime, in one language; that of the runtime itself, if no other is given. */
export class Words {
  readonly #type: string;
  readonly #language: Language;

  /** `type`: of the node that speaks. */
  constructor({ settings }: Pick<NodeAPI, "settings">, type: string, language = runtimeLanguage(settings)) {
    this.#type = type;
    this.#language = language;
  }

  warning(kind: WarningKind, values: Values = {}): string {
    return this.#text(`warning.${kind}`, values);
  }

  /** Of a node; each `warnOnce` says the same sentence once. */
  warnings(node: Node): Warnings {
    return new Warnings(node, this);
  }

  /**
   * The same error in this language: code, cause and stack stay. Of a node that `sends`, what is not a sentence of its own
   * also says whether the message may be sent again.
   */
  error(error: MessagingError, sends = false): MessagingError {
    if (this.#language === "en-US") return error;
    const told = error.with({}, this.ofError(error, sends), error.phrase);
    if (error.stack !== undefined) told.stack = error.stack;
    return told;
  }

  /** An error's words: its own sentence, or what it means in general with the English words behind. */
  ofError(error: MessagingError, sends = false): string {
    const { phrase, message, cause } = error;
    if (this.#language === "en-US") return message;
    const sentence = this.sentence(error);
    if (sentence !== undefined) return sentence;
    const host = phrase?.values?.host ?? cause.provider;
    // A flow that asks for what is not there gets a 404 too: it need not be the base URL.
    const { httpStatus: _, ...facts } = cause;
    const key = failureKey(cause.code === "REJECTED" ? facts : cause);
    // What has no provider, such as an outbox's own trouble, is told of by its details.
    const isOfNobody = host === undefined && NAMES_HOST.includes(cause.code);
    const meaning = isOfNobody ? this.#text("failure.other") : this.#text(key, { host: host ?? "" });
    const outcome = sends ? ` ${this.#text(`told.${cause.outcome}`)}` : "";
    return this.#text("told.withDetail", { meaning: meaning + outcome, detail: message });
  }

  /** An error's own sentence in a language other than English; undefined where it has none. */
  sentence({ phrase }: MessagingError): string | undefined {
    if (this.#language === "en-US" || !phrase || phrase.kind === REQUEST) return undefined;
    return this.#text(`error.${phrase.kind}`, phrase.values);
  }

  #text(key: string, values: Values = {}): string {
    const text = lookUp(catalogue("locales", `${this.#language}.json`), key) ?? key;
    return text.replace(/__(\w+?)__/g, (blank, name: string) => {
      const value = values[name];
      if (value === undefined) return blank;
      return name === "field" && typeof value === "string" ? this.#label(value, values.of) : this.#filled(value);
    });
  }

  #filled(value: Values[string]): string {
    if (value instanceof MessagingError) return this.ofError(value);
    return typeof value === "object" ? this.#text(`error.${value.kind}`, value.values) : String(value);
  }

  /** A field as the form calls it. English names it as the flow does. */
  #label(field: string, type: Values[string] = this.#type): string {
    if (this.#language === "en-US") return field;
    const own = catalogue("..", String(type), "locales", this.#language, `${String(type)}.json`);
    return lookUp(own, `field.${field}`) ?? field;
  }
}

/** The warnings and errors of one node that belong to no message. */
export class Warnings {
  readonly #node: Node;
  readonly #words: Words;
  readonly #warned = new Set<string>();

  constructor(node: Node, words: Words) {
    this.#node = node;
    this.#words = words;
  }

  readonly warn: Warn = (kind, values) => this.#node.warn(this.#words.warning(kind, values));

  readonly warnOnce: Warn = (kind, values) => {
    const text = this.#words.warning(kind, values);
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.#node.warn(text);
  };

  /** Warns of what is wrong, though nothing has failed of it yet. */
  warnOf(error: MessagingError): void {
    this.#node.warn(this.#words.ofError(error));
  }

  /** Tells of an error that no message has met. */
  fail(error: MessagingError): void {
    this.#node.error(this.#words.ofError(error));
  }
}
