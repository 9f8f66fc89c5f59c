import { inspect } from "node:util";
import type { MessagingError } from "../../src/error.ts";
import { readAccount } from "../contract/fixture.ts";
import type { Call } from "./calls.ts";

/** Shorter texts are words that an error may well need. */
const MIN_LENGTH = 8;

/** What an error must not show of a call: its credentials, and the texts and numbers of its messages, in any writing. */
export function secretsOf({ provider, fixture }: Call): string[] {
  const credentials = Object.values(readAccount(provider).credentials);
  return [...credentials, ...fixture.arguments.flatMap(contentsOf)]
    .filter(({ length }) => length >= MIN_LENGTH)
    .flatMap(writings);
}

/** All that anybody gets to see of an error. */
export function shownOf(error: MessagingError): string {
  return [error.message, JSON.stringify(error.cause), inspect(error), String(error)].join("\n");
}

/** A text as it may stand in a log: as it is, in a URL, in a form, in JSON, in base64 of either alphabet, in hex. */
export function writings(text: string): string[] {
  const form = new URLSearchParams([["", text]]).toString().slice(1);
  const bytes = Buffer.from(text);
  // Base64 of a longer text that holds it: without the characters at its ends, which its neighbours take part in.
  const inside = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6)),
  );
  const forUrls = inside.map((core) => core.replaceAll("+", "-").replaceAll("/", "_"));
  const hex = bytes.toString("hex");
  const written = [text, encodeURIComponent(text), form, JSON.stringify(text).slice(1, -1)];
  return [...new Set([...written, ...inside, ...forUrls, hex, hex.toUpperCase()])];
}

/** The texts and numbers of messages: all text in them but for the names of things, such as ids and senders. */
function contentsOf(value: unknown, key: string | number = ""): string[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([name, inner]) => contentsOf(inner, name));
  }
  const isContent = typeof value === "string" && ["to", "text", "subject", "body"].includes(String(key));
  return isContent ? [value, value.replace(/^\+/, "")] : [];
}
