import { strict as assert } from "node:assert";
import fc from "fast-check";
import { SegmentedMessage } from "sms-segments-calculator";
import { smsParts } from "../../src/text.ts";

const a = (count: number) => "a".repeat(count);

/** What the well-known calculator says; it does not split what people see as one character, so only for those without. */
function calculated(text: string) {
  const message = new SegmentedMessage(text);
  return { encoding: message.encodingName === "GSM-7" ? "gsm7" : "ucs2", parts: message.segmentsCount };
}

describe("the parts of an SMS", () => {
  const cases: [string, string, "gsm7" | "ucs2", number][] = [
    ["nothing", "", "gsm7", 1],
    ["160 letters", a(160), "gsm7", 1],
    ["161 letters", a(161), "gsm7", 2],
    ["306 letters", a(306), "gsm7", 2],
    ["307 letters", a(307), "gsm7", 3],
    ["an escape pair at the border of two parts", `${a(152)}€${a(152)}`, "gsm7", 3],
    ["80 euro signs", "€".repeat(80), "gsm7", 1],
    ["81 euro signs", "€".repeat(81), "gsm7", 2],
    ["70 letters outside GSM", "á".repeat(70), "ucs2", 1],
    ["71 letters outside GSM", "á".repeat(71), "ucs2", 2],
    ["135 letters outside GSM", "á".repeat(135), "ucs2", 3],
    ["35 emoji", "😀".repeat(35), "ucs2", 1],
    ["36 emoji", "😀".repeat(36), "ucs2", 2],
    ["a surrogate pair at the border of two parts", `${"á".repeat(66)}😀${"á".repeat(66)}`, "ucs2", 3],
    ["a family of emoji, which networks split", `${a(61)}👨‍👩‍👧‍👦${a(62)}`, "ucs2", 2],
    ["Windows line ends", `${a(158)}\r\n`, "gsm7", 1],
  ];
  for (const [title, text, encoding, parts] of cases) {
    it(`are ${parts} in ${encoding} for ${title}`, () => {
      const counted = smsParts(text);
      assert.deepEqual({ encoding: counted.encoding, parts: counted.parts }, { encoding, parts });
    });
  }

  it("count escape pairs as two and surrogate pairs as two", () => {
    assert.equal(smsParts("^{}[]~\\|€\f").characters, 20);
    assert.equal(smsParts("a😀").characters, 3);
  });

  it("stay in GSM for à è é ì ò ù ñ Ñ ¿ ¡ Ç ü ö Ä, and not for á í ó ú ç", () => {
    assert.equal(smsParts("àèéìòùñÑ¿¡ÇüöÄ").encoding, "gsm7");
    for (const letter of "áíóúç") assert.equal(smsParts(letter).encoding, "ucs2");
  });

  it("name the characters that force UCS-2, each once, up to 20", () => {
    assert.deepEqual(smsParts("á😀ó á 😀 ñ").forcedBy, ["á", "😀", "ó"]);
    const many = String.fromCodePoint(...Array.from({ length: 100 }, (_, index) => 0x4e00 + index));
    assert.equal(smsParts(many).forcedBy.length, 20);
  });

  it("follow the encoding that the user chose", () => {
    assert.deepEqual([smsParts(a(100)).parts, smsParts(a(100), "ucs2").parts, smsParts(a(100)).parts], [1, 2, 1]);
    assert.equal(smsParts("á".repeat(160), "gsm7").parts, 1);
    assert.deepEqual(smsParts("á", "gsm7").forcedBy, ["á"]);
  });

  it("are the calculator's for single characters: all of Europe's, and some of every script", () => {
    for (let code = 0; code < 0x10000; code += code < 0x600 || (code >= 0x2000 && code < 0x2200) ? 1 : 41) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const character = String.fromCharCode(code);
      assert.equal(smsParts(character).encoding, calculated(character).encoding, `U+${code.toString(16)}`);
    }
  });

  it("are the calculator's for any text of single characters", () => {
    const gsm = fc.string({ unit: fc.constantFrom("a", "ñ", "€", "{", "\n"), minLength: 100, maxLength: 700 });
    const ucs = fc.string({ unit: fc.constantFrom("a", "á", "€", "😀"), minLength: 50, maxLength: 300 });
    fc.assert(
      fc.property(fc.oneof(gsm, ucs), (text) => {
        const { encoding, parts } = smsParts(text);
        assert.deepEqual({ encoding, parts }, calculated(text));
      }),
      { numRuns: 60 },
    );
  });

  it("of the last text are not spoiled by a caller who changes the answer", () => {
    smsParts("á").forcedBy.push("x");
    assert.deepEqual(smsParts("á").forcedBy, ["á"]);
  });

  it("are counted in a moment for a long text and for 100,000 times the same", () => {
    const started = performance.now();
    assert.equal(smsParts(a(65_536)).parts, 429);
    for (let count = 0; count < 100_000; count++) smsParts(a(160));
    assert.ok(performance.now() - started < 4000);
  });
});
