import { isGsm7 } from "./text.ts";

/** What people write where GSM 03.38 has a near equal; a letter with a mark that it lacks needs no line here. */
const REPLACEMENTS = new Map(
  Object.entries({
    '"': "“”„‟«»″",
    "'": "‘’‚‛′‹›`´",
    "-": "‐‑‒–—―−•",
    ".": "·",
    "/": "⁄÷",
    " ": "\t",
    "\n": "\u0085\u2028\u2029",
    x: "×",
    o: "°",
    d: "đð",
    D: "ÐĐ",
    h: "ħ",
    i: "ı",
    l: "ł",
    L: "Ł",
    oe: "œ",
    OE: "Œ",
    th: "þ",
    Th: "Þ",
    "(C)": "©",
    "(R)": "®",
    "+/-": "±",
    "<=": "≤",
    ">=": "≥",
    "->": "→",
    "<-": "←",
    "": "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff",
  }).flatMap(([plain, characters]) => [...characters].map((character) => [character, plain] as const)),
);

/** Hold an emoji sequence together or choose its look: without an emoji before them they show nothing. */
const JOINERS = "\u200d\ufe0e\ufe0f";

/**
 * A text with letters of GSM 03.38 in place of those that force UCS-2: `á` becomes `a`, `“` becomes `"`, `…` three dots. What
 * the alphabet has (`é à ñ €`) stays as it is, and so does what it has nothing for, such as an emoji or another script:
 * `smsParts` of the result names these. `{{…}}` of a template stay too, for they name properties.
 */
export function plainLetters(text: string): string {
  return text
    .split(/(\{\{\{?[^{}]*\}?\}\})/)
    .map((piece, index) => (index % 2 === 1 ? piece : plainPiece(piece)))
    .join("");
}

function plainPiece(text: string): string {
  // Composed first: of e and a combining accent the alphabet has one letter. A degree sign says nothing before its unit.
  const composed = text.normalize("NFC").replace(/°(?=\s?[CF]\b)/g, "");
  let plain = "";
  let isAfterLeft = false;
  for (const character of composed) {
    const replaced: string | undefined = JOINERS.includes(character) && !isAfterLeft ? "" : replacement(character);
    isAfterLeft = replaced === undefined;
    plain += replaced ?? character;
  }
  return plain;
}

/** undefined where the alphabet has nothing for a character. */
function replacement(character: string): string | undefined {
  if (isGsm7(character)) return character;
  const known = REPLACEMENTS.get(character);
  if (known !== undefined) return known;
  // A letter without its marks, a ligature's letters, a space as wide as any.
  const parts = [...character.normalize("NFKD")].filter((part) => !/\p{M}/u.test(part));
  if (parts.length === 0 || parts.join("") === character) return undefined;
  const plain = parts.map(replacement);
  return plain.includes(undefined) ? undefined : plain.join("");
}
