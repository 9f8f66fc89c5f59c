import { strict as assert } from "node:assert";
import fc from "fast-check";
import { MessagingError } from "../../src/error.ts";
import { maskNumber, parseNumber } from "../../src/phone.ts";

function refusal(input: unknown, country = "CL"): MessagingError {
  try {
    const number = parseNumber(input, country);
    return assert.fail(`took it as ${number}`);
  } catch (error) {
    assert.ok(error instanceof MessagingError, String(error));
    assert.equal(error.code, "INVALID_NUMBER");
    assert.equal(error.cause.outcome, "rejected");
    assert.equal(error.cause.retryable, false);
    return error;
  }
}

describe("a phone number", () => {
  const ways = [
    "+56990324203",
    "+56 9 9032 4203",
    "56990324203",
    "990324203",
    "0056990324203",
    "00 56 9 9032-4203",
    "(+56) 9 9032.4203",
    " 9 9032 4203\n",
    "\u202a+56 9 9032 4203\u202c",
    "+56\u00a09\u00a09032\u20114203",
    56990324203,
    990324203,
    56990324203n,
  ];
  for (const way of ways) {
    it(`is the same however it is written: ${JSON.stringify(String(way))} as ${typeof way}`, () => {
      assert.equal(parseNumber(way, "CL"), "+56990324203");
    });
  }

  it("with a foreign country code needs no plus, whatever the account's country", () => {
    for (const country of ["ES", "IT", "US"]) {
      assert.equal(parseNumber("56990324203", country), "+56990324203");
      assert.equal(parseNumber(56990324203, country), "+56990324203");
      assert.equal(parseNumber("0056 990324203", country), "+56990324203");
    }
  });

  it("without a country code belongs to the account's country", () => {
    assert.equal(parseNumber("612 345 678", "ES"), "+34612345678");
    assert.equal(parseNumber("347 123 4567", "IT"), "+393471234567");
  });

  it("with a digit too few is not taken for a short foreign one", () => {
    for (const short of ["49225072", "487027997"]) refusal(short, "ES");
    refusal("98423470");
    assert.equal(parseNumber("+49 225072", "ES"), "+49225072", "with a plus, it is one");
  });

  it("need not be a mobile one, as numbering plans do not always tell", () => {
    assert.equal(parseNumber("+56 2 2345 6789", "CL"), "+56223456789");
  });

  const bad: unknown[] = [
    "+56 9 9032 4203 ext. 5",
    "tel:+56990324203",
    "0800FLORES",
    "990324203, 990324204",
    "990324203;990324204",
    "990324203 990324204",
    "+56990324203+56990324204",
    "1".repeat(100_000),
    "+",
    "()",
    "12345",
    NaN,
    Infinity,
    -56990324203,
    5699032420.5,
    2 ** 60,
    0,
    true,
    {},
    ["990324203"],
    new Date(),
    Symbol("990324203"),
    () => "990324203",
  ];
  it("is refused with words when it is none", () => {
    for (const input of bad) assert.match(refusal(input).message, /^Not a phone number/);
  });

  it("is missed with words when there is none", () => {
    for (const input of [undefined, null, "", "  \n"]) assert.match(refusal(input).message, /There is no phone number/);
  });

  it("of an account whose country is unknown is refused with a hint at the country", () => {
    assert.match(refusal("990324203", "UK").message, /country "UK" is not known/);
    assert.equal(parseNumber("+44 7400 123456", "UK"), "+447400123456");
  });

  it("has at most fifteen digits, whatever a country's plan has room for", () => {
    assert.match(refusal(4910000000000000).message, /Not a phone number that can exist/);
  });

  it("is never repeated whole in the refusal", () => {
    const { message } = refusal("+56 9 9032 42039999");
    assert.match(message, /: \+569•••9999\. Write it/);
    assert.doesNotMatch(refusal("contraseña secreta").message, /secreta/);
  });

  it("that is taken is E.164, and taken again the same; anything else is an INVALID_NUMBER", () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.string({ unit: fc.constantFrom(..."0123456789+() -./,;x") }),
      fc.integer({ min: 0, max: 10 ** 13 }),
    );
    fc.assert(
      fc.property(anything, fc.constantFrom("CL", "IT", "ES", "US"), (input, country) => {
        try {
          const number = parseNumber(input, country);
          assert.match(number, /^\+\d{7,15}$/);
          // Brazil's carrier codes let some numbers be read in two ways.
          if (!number.startsWith("+55")) assert.equal(parseNumber(number, country), number);
        } catch (error) {
          assert.equal((error as MessagingError).code, "INVALID_NUMBER");
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("a masked number", () => {
  it("is known to its owner and hides at least four digits", () => {
    assert.equal(maskNumber("+56 9 9032 4203"), "+569•••4203");
    assert.equal(maskNumber(56990324203), "569•••4203");
    assert.equal(maskNumber("990324203"), "9•••4203");
    assert.equal(maskNumber("90324203"), "•••4203");
    assert.equal(maskNumber("12345"), "•••45");
  });

  it("never repeats what is no number", () => {
    assert.equal(maskNumber("clave secreta"), "a text of 13 characters");
    assert.equal(maskNumber("1".repeat(16)), "a text of 16 characters");
    assert.equal(maskNumber({ a: 1 }), "an object");
    assert.equal(maskNumber([1]), "an array");
    assert.equal(maskNumber(undefined), "nothing");
    assert.equal(maskNumber(NaN), "NaN");
    assert.equal(maskNumber(-1), "a negative, broken or too large number");
    assert.equal(maskNumber(true), "a boolean");
  });
});
