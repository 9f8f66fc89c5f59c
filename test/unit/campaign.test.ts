import { strict as assert } from "node:assert";
import fc from "fast-check";
import { checkedCampaign } from "../../src/campaign.ts";
import type { CampaignFields } from "../../src/campaign.ts";
import { MessagingError } from "../../src/error.ts";

const FIELDS: CampaignFields = { campaignName: "Aviso", text: "Corte de agua mañana", groups: "3,4" };
const CAMPAIGN = { name: "Aviso", text: "Corte de agua mañana", groups: ["3", "4"] };
const BLOCK: CampaignFields = { ...FIELDS, messagesPerBlock: 10, minutesPerBlock: 5 };

const check = (fields: Partial<CampaignFields> = {}, base = FIELDS) =>
  checkedCampaign({ ...base, ...fields }, "Europe/Madrid");

/** Refused with INVALID_MESSAGE whose words match. */
function refuses(fields: Partial<CampaignFields>, words: RegExp, base = FIELDS): void {
  assert.throws(
    () => check(fields, base),
    (error: unknown) => {
      assert.ok(error instanceof MessagingError);
      assert.deepEqual(
        [error.code, error.cause.outcome, error.cause.retryable],
        ["INVALID_MESSAGE", "rejected", false],
      );
      assert.match(error.message, words);
      return true;
    },
    JSON.stringify(fields),
  );
}

describe("a campaign", () => {
  it("needs a name, a text and a group, and nothing else", () => {
    assert.deepEqual(check(), CAMPAIGN);
    assert.deepEqual(
      check({ start: "", messagesPerBlock: null, minutesPerBlock: "", days: [], timeIntervals: " " }),
      CAMPAIGN,
    );
    for (const empty of [undefined, null, "", "  "]) {
      refuses({ campaignName: empty }, /"campaignName" is empty: write a name/);
      refuses({ text: empty }, /text is empty/);
      refuses({ groups: empty }, /"groups" is empty: write the ids .* such as 3,4/);
    }
    refuses({ campaignName: { name: "x" } }, /"campaignName" is no text/);
    refuses({ text: { text: "x" } }, /text is an object/);
    refuses({ groups: [" ", ","] }, /"groups" is empty/);
    refuses({ groups: [{ id: 3 }] }, /"groups" must hold ids only/);
    refuses({ groups: 3.5 }, /"groups" must hold ids only/);
  });

  it("takes groups as a list, an array or a number, each once", () => {
    for (const groups of ["3,4", " 3 , 4 ,", ["3", "4"], [3, 4], ["3,4"], [3, "4", 3]]) {
      assert.deepEqual(check({ groups }).groups, ["3", "4"], JSON.stringify(groups));
    }
    assert.deepEqual(check({ groups: 3 }).groups, ["3"]);
  });

  it("reads its start in the account's zone", () => {
    const expected = new Date("2031-05-20T07:30:00Z");
    for (const start of ["2031-05-20T09:30", "2031-05-20 09:30", "2031-05-20T09:30:00+02:00", expected, +expected]) {
      assert.deepEqual(check({ start }).start, expected, String(start));
    }
    refuses({ start: "mañana" }, /"start" holds "mañana"\. .*such as 2026-10-02T14:30/);
    refuses({ start: "2031-13-20T09:30" }, /"start" holds "2031-13-20T09:30"/);
    refuses({ start: {} }, /"start" holds something else/);
  });

  it("goes in blocks when both numbers are given", () => {
    const drip = { messagesPerBlock: 10, minutesPerBlock: 5 };
    assert.deepEqual(check({}, BLOCK), { ...CAMPAIGN, drip });
    assert.deepEqual(check({ messagesPerBlock: "10", minutesPerBlock: " 5 " }).drip, drip);
    const more = { days: "1,2,5", timeIntervals: "09:00-13:00,17:00-21:00" };
    assert.deepEqual(check(more, BLOCK).drip, {
      ...drip,
      days: [1, 2, 5],
      timeIntervals: ["09:00-13:00", "17:00-21:00"],
    });
  });

  it("is refused with half of a block", () => {
    refuses({ messagesPerBlock: 10 }, /"minutesPerBlock" is empty, but "messagesPerBlock" is not.*such as 10/);
    refuses({ minutesPerBlock: 10 }, /"messagesPerBlock" is empty, but "minutesPerBlock" is not.*such as 100/);
  });

  it("is refused with days or hours but no block, as the provider would not heed them", () => {
    refuses({ days: "1,2" }, /"days" works only for a campaign in blocks: fill "messagesPerBlock"/);
    refuses({ timeIntervals: "09:00-13:00" }, /"timeIntervals" works only for a campaign in blocks/);
  });

  it("is refused with a block of anything but whole numbers above 0", () => {
    for (const wrong of [0, -1, 2.5, "0", "-1", "ten", "1e3", "0x10", NaN, Infinity, 2 ** 60, {}, [10], true]) {
      refuses({ messagesPerBlock: wrong }, /"messagesPerBlock" holds .*whole number of messages above 0/, BLOCK);
      refuses({ minutesPerBlock: wrong }, /"minutesPerBlock" holds .*whole number of minutes above 0/, BLOCK);
    }
  });

  it("takes days from 1 to 7, each once", () => {
    assert.deepEqual(check({ days: [1, "2", "3,4", 7] }, BLOCK).drip?.days, [1, 2, 3, 4, 7]);
    assert.deepEqual(check({ days: 6 }, BLOCK).drip?.days, [6]);
    for (const wrong of ["8", "0", "1,8", "1-5", "Monday", "1.5", [1.5], "11", [{}], [true], -1]) {
      refuses({ days: wrong }, /"days" holds .*no day of the week: write numbers from 1 \(Monday\) to 7/, BLOCK);
    }
    refuses({ days: "1,2,1" }, /"days" holds the day 1 twice: write each day once/, BLOCK);
  });

  it("takes hours of a day and writes them with two digits", () => {
    const intervals = (timeIntervals: unknown) => check({ timeIntervals }, BLOCK).drip?.timeIntervals;
    assert.deepEqual(intervals("9:00-13:00, 17:00 - 21:00"), ["09:00-13:00", "17:00-21:00"]);
    assert.deepEqual(intervals(["13:00-14:00", "00:00-13:00"]), ["13:00-14:00", "00:00-13:00"]);
    for (const wrong of [
      "25:00-26:00",
      "24:00-24:30",
      "09:60-10:00",
      "9-13",
      "09:00",
      "09:00-",
      "09:00–13:00",
      [900],
      [{}],
    ]) {
      refuses({ timeIntervals: wrong }, /"timeIntervals" holds .*no interval of a day: write HH:mm-HH:mm/, BLOCK);
    }
  });

  it("is refused with hours that end before they start, or overlap", () => {
    refuses({ timeIntervals: "13:00-09:00" }, /holds 13:00-09:00, which does not end after it starts/, BLOCK);
    refuses({ timeIntervals: "09:00-09:00" }, /does not end after it starts/, BLOCK);
    refuses(
      { timeIntervals: "17:00-21:00,09:00-17:01" },
      /overlap, 09:00-17:01 and 17:00-21:00: write them apart/,
      BLOCK,
    );
    refuses({ timeIntervals: "09:00-20:00,10:00-11:00,12:00-13:00" }, /overlap/, BLOCK);
  });

  it("is either a campaign or an INVALID_MESSAGE, whatever the fields hold", () => {
    const anything = fc.anything({ withDate: true, withBigInt: true, withNullPrototype: true });
    const field = fc.oneof(anything, fc.string(), fc.integer(), fc.constantFrom("1,2", "09:00-10:00", 10));
    fc.assert(
      fc.property(fc.array(field, { minLength: 8, maxLength: 8 }), ([a, b, c, d, e, f, g, h]) => {
        const fields = { campaignName: a, text: b, groups: c, start: d, messagesPerBlock: e, minutesPerBlock: f };
        try {
          checkedCampaign({ ...fields, days: g, timeIntervals: h }, "Europe/Madrid");
        } catch (error) {
          assert.ok(error instanceof MessagingError && error.code === "INVALID_MESSAGE", String(error));
        }
      }),
    );
  });

  it("never shows its name or text in an error", () => {
    const secret = "una frase muy privada";
    for (const fields of [{ groups: "" }, { start: "x" }, { days: 8 }] as const) {
      assert.throws(
        () => check({ campaignName: secret, text: secret, ...fields }, BLOCK),
        ({ message }: Error) => !message.includes(secret),
      );
    }
  });
});
