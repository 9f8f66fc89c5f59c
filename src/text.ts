/** How a text travels as SMS. */
export interface SmsParts {
  encoding: "gsm7" | "ucs2";
  /** How many SMS it takes, and is paid for. */
  parts: number;
  /** Length in the encoding's units: 7-bit septets (`€` takes two) or 16-bit units (an emoji takes two or more). */
  characters: number;
  /** The characters that GSM 03.38 lacks and that force UCS-2: the first 20 different ones. */
  forcedBy: string[];
}

/** 3GPP TS 23.038, default alphabet. */
const GSM_BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿" +
  "abcdefghijklmnopqrstuvwxyzäöñüà";

/** Its extension table: each of these is an escape and a character. */
const GSM_EXTENDED = "\f^{}\\[~]|€";

/** Septets of each UTF-16 code unit; 0 where GSM 03.38 has none. */
const SEPTETS = new Uint8Array(0x10000);
for (const character of GSM_BASIC) SEPTETS[character.charCodeAt(0)] = 1;
for (const character of GSM_EXTENDED) SEPTETS[character.charCodeAt(0)] = 2;

/** Units of a message that stands alone, and of each part of a longer one, which loses six octets to a header. */
const CAPACITY = { gsm7: { alone: 160, part: 153 }, ucs2: { alone: 70, part: 67 } } as const;

const MAX_FORCED_BY = 20;

const measured = { text: "", encoding: undefined as SmsParts["encoding"] | undefined, parts: measure("") };

/**
 * How many SMS a text takes. `encoding` is the user's choice where the provider honours it; in `gsm7` each character that
 * the alphabet lacks is counted as the one that replaces it. The last answer is kept: a bulk asks the same question often.
 *
 * Our own count, as the library for it takes seconds for a long text and never splits an emoji sequence, which networks
 * do: they only keep an escape or a surrogate pair together. The tests compare the two.
 */
export function smsParts(text: string, encoding?: SmsParts["encoding"]): SmsParts {
  if (text !== measured.text || encoding !== measured.encoding) {
    measured.parts = measure(text, encoding);
    measured.text = text;
    measured.encoding = encoding;
  }
  return { ...measured.parts, forcedBy: [...measured.parts.forcedBy] };
}

/** Whether GSM 03.38 has a character, in its basic set or its extension. */
export function isGsm7(character: string): boolean {
  return character.length === 1 && SEPTETS[character.charCodeAt(0)] !== 0;
}

/** The most characters, in the encoding's units, that go into as many parts: 160, 306, … in `gsm7`. */
export function smsRoom({ encoding, parts }: Pick<SmsParts, "encoding" | "parts">): number {
  const { alone, part } = CAPACITY[encoding];
  return parts === 1 ? alone : parts * part;
}

function measure(text: string, chosen?: SmsParts["encoding"]): SmsParts {
  const forcedBy = outsideGsm(text);
  const encoding = chosen ?? (forcedBy.length > 0 ? "ucs2" : "gsm7");
  const { alone, part } = CAPACITY[encoding];
  const size = encoding === "gsm7" ? septets : units;
  let characters = 0;
  let parts = 1;
  let used = 0;
  for (let index = 0; index < text.length;) {
    const code = text.codePointAt(index) ?? 0;
    const needed = size(code);
    characters += needed;
    used += needed;
    if (used > part) {
      parts += 1;
      used = needed;
    }
    index += code > 0xffff ? 2 : 1;
  }
  return { encoding, parts: characters <= alone ? 1 : parts, characters, forcedBy };
}

function septets(code: number): number {
  return SEPTETS[code] || 1;
}

function units(code: number): number {
  return code > 0xffff ? 2 : 1;
}

function outsideGsm(text: string): string[] {
  const found = new Set<string>();
  for (let index = 0; index < text.length && found.size < MAX_FORCED_BY; index++) {
    if (SEPTETS[text.charCodeAt(index)]) continue;
    const character = String.fromCodePoint(text.codePointAt(index) ?? 0);
    found.add(character);
    index += character.length - 1;
  }
  return [...found];
}
