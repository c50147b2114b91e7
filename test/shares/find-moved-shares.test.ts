import { expect } from "chai";
import { UsageError } from "../../src/errors.js";
import type { ColumnSums } from "../../src/ports/warehouse.js";
import { findMovedShares } from "../../src/shares/find-moved-shares.js";
import { formatShares } from "../../src/shares/format-shares.js";
import { addDays, parseDay } from "../../src/shares/parse-day.js";

function sums(
  column: string,
  records: number,
  others: Partial<ColumnSums> = {},
): ColumnSums {
  const none = { nulls: 0, missing: 0, zeros: 0, empties: 0 };
  return { column, hours: 24, records, ...none, ...others };
}

function findNulls(before: [number, number], after: [number, number]) {
  const of = ([nulls, records]: [number, number]) => [
    sums("c", records, { nulls }),
  ];
  return findMovedShares(of(before), of(after)).moved;
}

describe("shares that moved", () => {
  const cases: readonly (readonly [
    title: string,
    before: [number, number],
    after: [number, number],
    moved: boolean,
  ])[] = [
    ["a share that stays", [500, 10_000], [520, 10_000], false],
    ["none on either day", [0, 10_000], [0, 10_000], false],
    ["all on either day", [900, 900], [10_000, 10_000], false],
    ["0 to 1 % of many", [0, 100_000], [1_000, 100_000], true],
    ["0 to 0.5 % of many", [0, 100_000], [500, 100_000], false],
    ["0 to 1 % of two hundred", [0, 200], [2, 200], false],
    ["50 to 61 % of many", [5_000, 10_000], [6_100, 10_000], true],
    ["50 to 55 % of a million", [500_000, 1e6], [550_000, 1e6], false],
    ["none to all of six", [0, 6], [6, 6], false],
    ["none to all of seven", [0, 7], [7, 7], true],
    ["one record", [0, 1], [1, 1], false],
    ["one record against many", [0, 100_000], [1, 1], false],
    ["a share that falls to none", [40, 1_000], [0, 1_000], true],
  ];
  for (const [title, before, after, moved] of cases) {
    it(`${moved ? "are told" : "are not told"} of ${title}`, () => {
      expect(findNulls(before, after)).to.have.length(moved ? 1 : 0);
    });
  }

  it("come the largest effect first, with the plain figures of each kind", () => {
    const comparison = findMovedShares(
      [
        sums("coupon", 1_000, { nulls: 10, missing: 400 }),
        sums("price", 1_000, { zeros: 5 }),
        sums("note", 1_000, { empties: 500 }),
      ],
      [
        sums("coupon", 2_000, { nulls: 820, missing: 810 }),
        sums("price", 2_000, { zeros: 1_990 }),
        sums("note", 2_000, { empties: 1_000 }),
      ],
    );
    expect(comparison.compared).to.equal(3);
    expect(
      comparison.moved.map(({ column, kind, before, after }) => [
        column,
        kind,
        before,
        after,
      ]),
    ).to.deep.equal([
      [
        "price",
        "zero",
        { count: 5, records: 1_000, share: 0.005 },
        { count: 1_990, records: 2_000, share: 0.995 },
      ],
      [
        "coupon",
        "null",
        { count: 10, records: 1_000, share: 0.01 },
        { count: 820, records: 2_000, share: 0.41 },
      ],
    ]);
    expect(comparison.moved[0]?.effect).to.be.closeTo(2.858, 0.001);
    const [down] = findNulls([900, 1_000], [100, 1_000]);
    expect(down?.effect).to.be.closeTo(-1.855, 0.001);
    expect(down?.z).to.be.lessThan(-40);
  });

  it("names columns that one of the days has no records of", () => {
    const comparison = findMovedShares(
      [sums("a", 10), sums("old", 10), sums("gone", 0)],
      [sums("a", 10), sums("old", 0), sums("new", 10)],
    );
    expect(comparison).to.deep.include({
      compared: 1,
      onlyBefore: ["old"],
      onlyAfter: ["new"],
    });
  });

  it("are told in words", () => {
    const report = {
      type: "purchase",
      day: "2026-11-21",
      against: "2026-11-14",
      hours: { day: 24, against: 1 },
      ...findMovedShares(
        [sums("coupon", 1_000, { nulls: 10 }), sums("old", 1)],
        [sums("coupon", 2_000, { nulls: 820 }), sums("new", 1)],
      ),
    };
    expect(formatShares(report)).to.equal(
      [
        "purchase: 2026-11-21 (24 hours) against 2026-11-14 (1 hour): 1 share of 1 column moved",
        "  coupon: null in 41 % (820 of 2000), was 1 % (10 of 1000)",
        "  only on 2026-11-21: new",
        "  only on 2026-11-14: old",
      ].join("\n"),
    );
    expect(
      formatShares({ ...report, hours: { day: 0, against: 3 } }),
    ).to.include("nothing was counted on 2026-11-21. Loads count where");
  });
});

describe("a day of shares", () => {
  it("is its 24 UTC hours, over the ends of months and years", () => {
    expect(parseDay("--day", "2026-03-01")).to.deep.equal({
      name: "2026-03-01",
      first: "2026-03-01T00",
      last: "2026-03-01T23",
    });
    expect(addDays(parseDay("--day", "2026-01-03"), -7).name).to.equal(
      "2025-12-27",
    );
  });

  for (const text of ["2026-02-30", "2026-1-1", "2026-11-21T03", "", "today"]) {
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(() => parseDay("--day", text)).to.throw(UsageError, "--day");
    });
  }
});
