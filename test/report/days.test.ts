import { expect } from "chai";
import { UsageError } from "../../src/errors.js";
import { addDays, dayOf, hoursOfDay, parseDay } from "../../src/report/days.js";

describe("the days of a time zone", () => {
  const spans: readonly (readonly [string, string, string, string, number])[] =
    [
      ["UTC", "2026-11-20", "2026-11-20T00", "2026-11-20T23", 24],
      ["Asia/Seoul", "2026-11-20", "2026-11-19T15", "2026-11-20T14", 24],
      ["America/New_York", "2026-11-20", "2026-11-20T05", "2026-11-21T04", 24],
      // Clocks go forward, and back.
      ["Europe/Berlin", "2026-03-29", "2026-03-28T23", "2026-03-29T21", 23],
      ["Europe/Berlin", "2026-10-25", "2026-10-24T22", "2026-10-25T22", 25],
      // Half past: from 00:30 to 23:30 there.
      ["Asia/Kolkata", "2026-11-20", "2026-11-19T19", "2026-11-20T18", 24],
      [
        "Pacific/Kiritimati",
        "2026-11-20",
        "2026-11-19T10",
        "2026-11-20T09",
        24,
      ],
      ["Pacific/Pago_Pago", "2026-11-20", "2026-11-20T11", "2026-11-21T10", 24],
    ];
  for (const [timezone, day, from, to, count] of spans) {
    it(`${day} in ${timezone} is ${from} to ${to}`, () => {
      const hours = hoursOfDay(day, timezone);
      expect([hours[0], hours.at(-1), hours.length]).to.deep.equal([
        ...[from, to, count],
      ]);
    });
  }

  for (const timezone of [
    "Asia/Kolkata",
    "Europe/Berlin",
    "America/St_Johns",
  ]) {
    it(`hold each hour once, over the changes of the clocks, in ${timezone}`, () => {
      const hours = ["2026-03-05", "2026-10-22"].flatMap((from) =>
        Array.from({ length: 27 }, (_, index) =>
          hoursOfDay(addDays(from, index), timezone),
        ).flat(),
      );
      expect(new Set(hours).size).to.equal(hours.length);
      expect(hours.length).to.equal(54 * 24);
      expect([...hours].sort()).to.deep.equal(hours);
    });
  }

  it("skip a day that the zone's clocks skipped", () => {
    expect(() => hoursOfDay("2011-12-30", "Pacific/Apia")).to.throw(
      UsageError,
      "Pacific/Apia has no 2011-12-30",
    );
  });

  it("change at the zone's midnight", () => {
    const at = (time: string) => dayOf(new Date(time), "Asia/Seoul");
    expect(at("2026-11-20T14:59:59Z")).to.equal("2026-11-20");
    expect(at("2026-11-20T15:00:00Z")).to.equal("2026-11-21");
  });

  it("are counted over the ends of months and years", () => {
    expect(addDays("2026-03-01", -1)).to.equal("2026-02-28");
    expect(addDays("2026-01-03", -7)).to.equal("2025-12-27");
  });

  for (const text of ["2026-02-30", "2026-1-1", "yesterday", "2026-11-20T00"]) {
    it(`are refused for ${text}`, () => {
      expect(() => parseDay(text)).to.throw(
        UsageError,
        `"${text}" is not a day: expected one like 2026-11-21`,
      );
    });
  }
});
