import { strict as assert } from "node:assert";
import fc from "fast-check";
import { plainLetters } from "../../src/plain-letters.ts";
import { smsParts, smsRoom } from "../../src/text.ts";

describe("plain letters", () => {
  for (const [title, text, plain] of [
    ["replace á í ó ú and leave é à ù ñ, which GSM-7 has", "Presión más baja: ¡útil aquí, señor! è à ì ò ù", undefined],
    ["take an accent off a capital that GSM-7 lacks", "ÁÍÓÚÀÈ ÉÑÄÖÜ", "AIOUAE ÉÑÄÖÜ"],
    ["straighten quotes and dashes", "“a” ‘b’ «c» – — −", '"a" \'b\' "c" - - -'],
    ["write three dots for an ellipsis", "wait…", "wait..."],
    ["leave the euro sign and its like", "€ [x] {y} ~ ^ | \\", "€ [x] {y} ~ ^ | \\"],
    ["leave an emoji, and what holds it together", "á 👨‍👩‍👧 ❤️", "a 👨‍👩‍👧 ❤️"],
    ["leave another script", "Привет, α", "Привет, α"],
    ["drop what cannot be seen", "a\u200bb\ufeffc\u00add\ufe0f", "abcd"],
    ["make every space a space", "1\u00a0000\u202f€\tx", "1 000 € x"],
    ["compose what came in pieces", "e\u0301 a\u0301 n\u0303", "é a ñ"],
    ["write degrees by their unit", "20 °C, 68°F, 45°", "20 C, 68F, 45o"],
    ["take letters apart", "ﬁn œuvre Łódź straße ½ ² №", "fin oeuvre Lodz straße 1/2 2 No"],
    ["leave the names in a template", "{{día}} está {{{año}}} “x”", '{{día}} esta {{{año}}} "x"'],
  ] as const) {
    it(title, () => {
      assert.equal(plainLetters(text), plain ?? "Presion mas baja: ¡util aqui, señor! è à ì ò ù");
    });
  }

  it("turn an alarm in Spanish of two SMS into one", () => {
    const text = "Atención: la presión del depósito está más baja de lo normal. ¡Revísala ya! “Bomba 3”";
    assert.deepEqual([smsParts(text).parts, smsParts(plainLetters(text)).parts], [2, 1]);
    assert.deepEqual(smsParts(plainLetters(text)).forcedBy, []);
  });

  it("change nothing that GSM-7 has, and nothing twice", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const plain = plainLetters(text);
        assert.equal(plainLetters(plain), plain);
        if (smsParts(text).forcedBy.length === 0) assert.equal(plain, text);
      }),
    );
  });
});

describe("the room of an SMS", () => {
  it("is that of its parts", () => {
    assert.equal(smsRoom({ encoding: "gsm7", parts: 1 }), 160);
    assert.equal(smsRoom({ encoding: "gsm7", parts: 2 }), 306);
    assert.equal(smsRoom({ encoding: "ucs2", parts: 1 }), 70);
    assert.equal(smsRoom({ encoding: "ucs2", parts: 3 }), 201);
  });
});
