import { strict as assert } from "node:assert";
import fc from "fast-check";
import { MessagingError } from "../../src/error.ts";
import { formatInZone, parseTime } from "../../src/time.ts";

const SANTIAGO = "America/Santiago";
const iso = (input: unknown, zone = SANTIAGO) => parseTime(input, zone).toISOString();

function refusal(input: unknown, zone = SANTIAGO): string {
  try {
    return assert.fail(`took it as ${iso(input, zone)}`);
  } catch (error) {
    assert.ok(error instanceof MessagingError, String(error));
    assert.equal(error.code, "INVALID_MESSAGE");
    return error.message;
  }
}

describe("a time", () => {
  it("is a Date, milliseconds, their digits, or an ISO text with any offset", () => {
    const noon = "2026-10-02T12:00:00.000Z";
    const ms = Date.parse(noon);
    const ways = [new Date(ms), ms, String(ms), noon, "2026-10-02T14:00+02:00", "2026-10-02 09:00:00 -0300"];
    for (const way of [...ways, " 2026-10-02t12:00z ", "2026-10-02T12:00:00,000Z", "2026-10-02T10:00-02"]) {
      assert.equal(iso(way), noon);
    }
  });

  it("without an offset is one of the account's zone, in summer and in winter", () => {
    assert.equal(iso("2026-01-15T10:00"), "2026-01-15T13:00:00.000Z");
    assert.equal(iso("2026-07-15 10:00:30"), "2026-07-15T14:00:30.000Z");
    assert.equal(iso("2026-07-15T10:00", "Europe/Madrid"), "2026-07-15T08:00:00.000Z");
  });

  it("that summer time skips is taken as that much later", () => {
    assert.equal(iso("2026-09-06T00:30"), iso("2026-09-06T01:30"));
    assert.equal(iso("2026-03-29T02:30", "Europe/Madrid"), iso("2026-03-29T03:30", "Europe/Madrid"));
  });

  it("that comes twice in autumn is the first, whatever season it is now", () => {
    assert.equal(iso("2026-04-04T23:30"), "2026-04-05T02:30:00.000Z");
    assert.equal(iso("2026-10-25T02:30", "Europe/Madrid"), "2026-10-25T00:30:00.000Z");
  });

  it("in the past or in ten years is as good as any", () => {
    assert.equal(iso("2001-01-01T00:00Z"), "2001-01-01T00:00:00.000Z");
    assert.equal(iso("2046-01-01T00:00Z"), "2046-01-01T00:00:00.000Z");
  });

  it("that is not in the calendar is refused", () => {
    for (const text of ["2026-02-31T10:00", "2026-13-01T10:00", "2026-10-02T25:00", "2026-10-02T10:61Z"]) {
      assert.match(refusal(text), /does not exist/);
    }
  });

  it("that can be read in two ways, or in none, is refused", () => {
    const bad = ["2026", "2026-10-02", "10:00", "02/10/2026 10:00", "tomorrow", "", "2026-W40-3T10:00", "1e12"];
    for (const text of [...bad, "2026-10-02T10:00+99:00"]) assert.match(refusal(text), /cannot be read/);
  });

  it("in seconds or microseconds is refused with a hint", () => {
    assert.match(refusal(1_790_000_000), /seconds/);
    assert.match(refusal("1790000000"), /seconds/);
    assert.match(refusal(1_790_000_000_000_000), /microseconds/);
  });

  it("that is no time at all is refused", () => {
    for (const input of [undefined, null, true, {}, [2026], NaN, Infinity, new Date(NaN)]) {
      assert.match(refusal(input), /^The time /);
    }
    assert.match(refusal("2026-10-02T10:00", "Nowhere/None"), /unknown time zone/);
  });

  it("written in a zone's own clock and read again is the same, to the second", () => {
    const zones = fc.constantFrom(SANTIAGO, "Europe/Rome", "Asia/Kathmandu", "UTC");
    const range = { min: Date.UTC(2000, 0, 1), max: Date.UTC(2040, 0, 1) };
    fc.assert(
      fc.property(fc.integer(range), zones, (ms, zone) => {
        const date = new Date(Math.floor(ms / 1000) * 1000);
        const offset = formatInZone(date, zone, "yyyy-MM-dd'T'HH:mm:ssZZ");
        assert.equal(parseTime(offset, "UTC").getTime(), date.getTime());
        const clock = formatInZone(date, zone, "yyyy-MM-dd HH:mm:ss");
        // An hour that comes twice has one clock time for two moments.
        assert.ok([0, 3_600_000].includes(date.getTime() - parseTime(clock, zone).getTime()));
      }),
      { numRuns: 500 },
    );
  });
});

describe("a time in a provider's zone", () => {
  it("is what its clocks show", () => {
    const date = new Date("2026-01-15T13:04:05.678Z");
    assert.equal(formatInZone(date, SANTIAGO, "yyyy-MM-dd HH:mm:ss"), "2026-01-15 10:04:05");
    assert.equal(formatInZone(date, "Europe/Rome", "yyyy-MM-dd'T'HH:mm:ssZZZ"), "2026-01-15T14:04:05+0100");
  });
});
