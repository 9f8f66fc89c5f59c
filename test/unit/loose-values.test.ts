import { strict as assert } from "node:assert";
import { MessagingError } from "../../src/error.ts";
import { asE164 } from "../../src/e164.ts";
import { asGivenId, asId, asNumber, asRecords, asText, isGiven, isRecord, parseExactly } from "../../src/json.ts";
import { entriesOf, idsOf, isBlank } from "../../src/list.ts";
import { prefixDigits, prefixEntries } from "../../src/prefix.ts";
import { isSameNumber } from "../../src/same-number.ts";

/** Each input with what it is read as. */
function reads<Input, Output>(read: (input: Input) => Output, cases: readonly (readonly [Input, Output])[]): void {
  for (const [input, output] of cases) assert.deepEqual(read(input), output, JSON.stringify(input));
}

describe("a provider's JSON", () => {
  it("keeps every digit of a whole number, and texts as they are", () => {
    reads(
      (text: string) => parseExactly(text),
      [
        ["9007199254740991", 9007199254740991],
        ["9007199254740993", "9007199254740993"],
        ["-9007199254740993", "-9007199254740993"],
        ['{"a":12345678901234567890,"b":1.5e300}', { a: "12345678901234567890", b: 1.5e300 }],
        [
          '["a 12345678901234567890 \\\\\\" 12345678901234567890",1]',
          ['a 12345678901234567890 \\" 12345678901234567890', 1],
        ],
        ['["\\\\",12345678901234567890,"x"]', ["\\", "12345678901234567890", "x"]],
        ["0.12345678901234567", 0.12345678901234567],
        ["1234567890123456", 1234567890123456],
      ],
    );
    assert.throws(() => parseExactly('{"a":12345678901234567890'), SyntaxError);
    assert.deepEqual(
      parseExactly('{"a":12345678901234567890}', (key, value) => (key === "a" ? [value] : value)),
      { a: ["12345678901234567890"] },
    );
  });

  it("has texts in any type", () => {
    reads<unknown, string>(asText, [
      [undefined, ""],
      [null, ""],
      [0, "0"],
      [false, "false"],
      ["x", "x"],
      [{ a: 1 }, '{"a":1}'],
      [[1], "[1]"],
    ]);
    assert.deepEqual([undefined, null, "", 0, false, " "].map(isGiven), [false, false, false, true, true, true]);
    assert.deepEqual([{}, [], null, "x", undefined].map(isRecord), [true, false, false, false, false]);
  });

  it("has ids as texts and as numbers, and words for none", () => {
    reads<unknown, string | undefined>(asId, [
      [" a b ", "a b"],
      ["", undefined],
      ["  ", undefined],
      [7, "7"],
      [0, "0"],
      [1.5, "1.5"],
      [2 ** 53, undefined],
      [1e300, undefined],
      [NaN, undefined],
      [Infinity, undefined],
      [true, undefined],
      [["7"], undefined],
    ]);
    for (const none of ["0", "-0", "000", "-", "-12", "null", "NULL", "undefined", "false", "None", "NaN", 0, -3, ""]) {
      assert.equal(asGivenId(none), undefined, String(none));
    }
    for (const id of ["10", "-1a", "nullify", "anull", "0x", "x0", "no", "1-2", "a-3"]) assert.equal(asGivenId(id), id);
  });

  it("has numbers as texts, too", () => {
    reads<unknown, number | undefined>(asNumber, [
      [1.5, 1.5],
      [" -12.50 ", -12.5],
      ["12", 12],
      ["0", 0],
      ["12.345", 12.345],
      ...["", " ", "1,5", "1.", ".5", "1e3", "0x10", "--1", "12 EUR", "EUR 12", "1.2.3", "a"].map(
        (text) => [text, undefined] as const,
      ),
      [NaN, undefined],
      [Infinity, undefined],
      [null, undefined],
      [true, undefined],
    ]);
  });

  it("has lists without their brackets, and with numbers for keys", () => {
    const [a, b] = [{ a: 1 }, { b: 2 }];
    reads<unknown, unknown[]>(asRecords, [
      [
        [a, 7, null, "x", [b], b],
        [a, b],
      ],
      [a, [a]],
      [{ 0: a, 12: b }, [a, b]],
      [{ 0: a, x: b }, [{ 0: a, x: b }]],
      [{ x1: a }, [{ x1: a }]],
      [{ "1x": a }, [{ "1x": a }]],
      [{}, [{}]],
      [null, []],
      ["x", []],
      [undefined, []],
    ]);
  });
});

describe("a list that a flow gives", () => {
  it("is an array or has commas, without what is empty", () => {
    reads<unknown, unknown[]>(entriesOf, [
      ["a, b ,,c", ["a", "b", "c"]],
      [
        ["a,b", 3, null, undefined, " "],
        ["a", "b", 3],
      ],
      [7, [7]],
      ["", []],
      [undefined, []],
      [[{ id: 1 }], [{ id: 1 }]],
    ]);
    assert.deepEqual([undefined, null, "", " ", 0, false, []].map(isBlank), [
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it("of ids has each once, and is refused by its field's name where an entry can be none", () => {
    assert.deepEqual(idsOf("3, 4,3", "groups"), ["3", "4"]);
    assert.deepEqual(idsOf([3, "4"], "groups"), ["3", "4"]);
    assert.deepEqual(idsOf("", "groups"), []);
    for (const odd of [[1.5], [{}], [true], [2 ** 60]]) {
      assert.throws(
        () => idsOf(odd, "groups"),
        (error) =>
          error instanceof MessagingError &&
          error.code === "INVALID_MESSAGE" &&
          error.message ===
            'The field "groups" must hold ids only: write them as a comma list such as 3,4 or as an array.',
      );
    }
  });

  it("of prefixes is split at commas, semicolons and blanks", () => {
    assert.deepEqual(prefixEntries(" 56, +39;;34\n 44 "), ["56", "+39", "34", "44"]);
    assert.deepEqual(prefixEntries(""), []);
    reads(prefixDigits, [
      ["56", "56"],
      ["+39", "39"],
      ["0039", "39"],
      ["5", "5"],
      ["123456789012345", "123456789012345"],
      ...["", "0", "+", "+0", "05", "039", "1234567890123456", "5a", "a5", "++5", "5 6", "+0039"].map(
        (text) => [text, undefined] as const,
      ),
    ]);
  });
});

describe("a number in a callback", () => {
  it("is E.164, with and without the plus, the zeros or the country", () => {
    reads(
      (number: unknown) => asE164(number, "IT"),
      [
        ["+56990324203", "+56990324203"],
        ["0056990324203", "+56990324203"],
        ["56990324203", "+56990324203"],
        [56990324203, "+56990324203"],
        ["+39 (347) 123-4567", "+393471234567"],
        ["393471234567", "+393471234567"],
        ["3471234567", "+393471234567"],
        ["34600111222", "+34600111222"],
        // What no plan knows is the provider's word.
        ["+999", "+999"],
        ["9999999999", "+9999999999"],
        ["999999999", "999999999"],
        ["12345", "12345"],
        ["4433", "4433"],
        ["Alarms", "Alarms"],
        ["A 12", "A 12"],
        ["12#", "12#"],
        ["", undefined],
        [undefined, undefined],
        [null, undefined],
      ],
    );
  });

  it("is the same phone's with and without the country, and with zeros before it", () => {
    const same: [string, string, boolean][] = [
      ["+393471234567", "3471234567", true],
      ["3471234567", "+393471234567", true],
      ["+34600111222", "0034600111222", true],
      ["0600111222", "+34600111222", true],
      ["+34600111222", "+34600111223", false],
      ["11222", "+34600111222", false],
      ["111222", "+34600111222", true],
      ["+56600111222", "+34600111222", false],
      ["x", "x", true],
      ["", "+34600111222", false],
      ["4433", "4433", true],
    ];
    for (const [one, other, expected] of same) assert.equal(isSameNumber(one, other), expected, `${one} ${other}`);
  });
});
