import { invalid } from "../../src/error.ts";
import { smsParts } from "../../src/text.ts";

/**
 * The wish for GSM-7 is one not to pay for UCS-2, so a text that GSM-7 cannot hold is refused, and not sent damaged or
 * dearer. Throws INVALID_MESSAGE that names the characters.
 */
export function requireGsm7(text: string): void {
  const { forcedBy } = smsParts(text);
  if (forcedBy.length === 0) return;
  const characters = forcedBy.join(" ");
  throw invalid(
    `The text has characters that the encoding gsm7 lacks: ${characters}. ` +
      `Replace them, or choose the encoding auto in the node.`,
    "INVALID_MESSAGE",
    { kind: "gsm7", values: { characters } },
  );
}
