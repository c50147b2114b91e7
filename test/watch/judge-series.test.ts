import { expect } from "chai";
import fc from "fast-check";
import { defaultWatchSettings } from "../../src/watch/default-settings.js";
import { judgeSeries } from "../../src/watch/judge-series.js";
import type { HourPoint, WatchSettings } from "../../src/watch/model.js";
import {
  hourAt,
  judge,
  listFindings,
  makePoints,
  swing,
} from "./make-points.js";

const weeks4 = 28 * 24;

/** A change of the counts of these hours, both included. */
function within(
  from: number,
  to: number,
  change: (rows: number, index: number) => number | null,
): HourPoint[] {
  return makePoints(weeks4, (index) =>
    index >= from && index <= to ? change(swing(index), index) : swing(index),
  );
}

function hours(from: number, to: number, rule: string): string[] {
  return Array.from(
    { length: to - from + 1 },
    (_, index) => `${from + index} ${rule}`,
  );
}

describe("judging a type's hours", () => {
  const cases: readonly (readonly [
    title: string,
    points: readonly HourPoint[],
    findings: readonly string[],
    settings?: Partial<WatchSettings>,
  ])[] = [
    ["finds nothing in a usual course", makePoints(weeks4, swing), []],
    [
      "tells of hours without rows",
      within(486, 488, () => 0),
      hours(486, 488, "missing"),
    ],
    [
      "tells of hours without a count",
      within(486, 488, () => null),
      hours(486, 488, "missing"),
    ],
    [
      "tells of a drop by half",
      within(486, 488, (rows) => Math.round(rows / 2)),
      hours(486, 488, "drop"),
    ],
    [
      "tells of rows that came twice",
      within(486, 487, (rows) => rows * 2),
      hours(486, 487, "jump"),
    ],
    [
      "tells of counts that stand still, from where chance can't be it",
      within(486, 491, () => swing(485)),
      hours(489, 491, "flatline"),
    ],
    [
      "tells of hours that are those of the day before again, from where chance can't be it",
      within(486, 491, (_, index) => swing(index - 24)),
      hours(490, 491, "duplicate"),
    ],
    [
      "does not tell of too few rows to say",
      makePoints(weeks4, (index) => (index === 486 ? 0 : 8)),
      [],
    ],
    [
      "takes a count that never varies as usual",
      makePoints(weeks4, () => 3600),
      [],
    ],
    [
      "tells of nothing that is switched off",
      within(486, 488, () => 0),
      [],
      { rules: new Set(["drop", "jump"]) },
    ],
    [
      "tells of a drop whose counts stand still, where that is switched off",
      within(486, 491, () => 200),
      hours(486, 491, "drop"),
      { rules: new Set(["drop"]) },
    ],
    [
      "does not tell of less than the share that a drop must lose",
      within(486, 488, (rows) => Math.round(rows / 2)),
      [],
      { dropShare: 0.7 },
    ],
  ];
  for (const [title, points, findings, settings] of cases)
    it(title, () => {
      expect(listFindings(judge(points, settings))).to.deep.equal(findings);
    });

  it("tells of a slow leak while each hour alone would pass", () => {
    const noisy = (index: number) =>
      Math.round(
        swing(index) * (1 + 0.12 * Math.sin(index * index * 1.1 + 0.3 * index)),
      );
    const points = makePoints(weeks4, (index) =>
      index >= 486 && index < 534
        ? Math.round(noisy(index) * (1 - ((index - 485) / 48) * 0.5))
        : noisy(index),
    );
    const verdicts = judge(points);
    const found = verdicts.flatMap(({ findings }) => findings);

    expect(found.length).to.be.above(0);
    expect(found.every(({ rule }) => rule === "drop")).to.equal(true);
    expect(found.every(({ hour }) => hour >= hourAt(486))).to.equal(true);
    expect(found.every(({ hour }) => hour < hourAt(534))).to.equal(true);
    const [first] = found;
    expect(first!.since < first!.hour).to.equal(true);
    expect(first?.rows).to.be.below(Number(first?.low));
  });

  it("says learning for five days, then the band", () => {
    const verdicts = judge(makePoints(200, swing));
    const states = verdicts.map(({ state }) => state);

    expect(new Set(states.slice(0, 120))).to.deep.equal(new Set(["learning"]));
    expect(new Set(states.slice(120))).to.deep.equal(new Set(["fine"]));
    expect(verdicts[119]?.band).to.equal(null);
    expect(verdicts[130]?.band?.low).to.be.below(swing(130));
    expect(verdicts[130]?.band?.high).to.be.above(swing(130));
  });

  it("says what was found beside what was expected", () => {
    const verdict = judge(within(486, 486, () => 200))[486];
    const [finding] = verdict?.findings ?? [];

    expect(finding).to.deep.include({
      rule: "drop",
      hour: hourAt(486),
      since: hourAt(486),
      rows: 200,
    });
    expect(finding?.low).to.be.within(400, 1500);
    expect(finding?.expected).to.be.within(1400, 1600);
  });

  it("ends its alerts when a new level has lasted three days", () => {
    const verdicts = judge(
      makePoints(weeks4, (index) => swing(index, index < 486 ? 1000 : 400)),
    );
    const found = listFindings(verdicts);

    expect(found[0]).to.equal("486 drop");
    expect(found.length).to.be.within(24, 72);
    expect(verdicts[570]?.band?.expected).to.be.within(150, 700);
  });

  it("tells nothing of counts that go back to what they were before such a change", () => {
    for (const factor of [0.4, 2.5]) {
      const verdicts = judge(
        makePoints(weeks4, (index) =>
          swing(index, index >= 400 && index < 500 ? 1000 * factor : 1000),
        ),
      );

      expect(listFindings(verdicts.slice(400, 480))).to.not.deep.equal([]);
      expect(listFindings(verdicts.slice(500))).to.deep.equal([]);
    }
  });

  it("tells of a fall to next to nothing, though counts were so few before such a change", () => {
    const verdicts = judge(
      makePoints(weeks4, (index) =>
        swing(index, index >= 400 && index < 500 ? 1000 : 50),
      ),
    );

    expect(listFindings(verdicts.slice(500, 510))).to.have.lengthOf(10);
  });

  it("takes one hour of the level before for a return no longer than it lasts", () => {
    const isBefore = (index: number) =>
      index < 300 || index === 420 || index >= 480;
    const verdicts = judge(
      makePoints(560, (index) => swing(index, isBefore(index) ? 1000 : 2500)),
    );

    expect(listFindings(verdicts.slice(400, 480))).to.deep.equal([]);
    expect(listFindings(verdicts.slice(480, 490))).to.have.lengthOf(10);
  });

  it("tells of a type that falls silent, comes back, and falls silent again", () => {
    const verdicts = judge(
      makePoints(weeks4, (index) =>
        (index >= 300 && index < 480) || index >= 560 ? 0 : swing(index),
      ),
    );

    expect(listFindings(verdicts.slice(480, 560))).to.deep.equal([]);
    expect(listFindings(verdicts.slice(560, 570))).to.have.lengthOf(10);
  });

  it("does not judge several hours together before it knows how far they stray together", () => {
    // A day's noise that goes on for hours, as a queue's or the weather's does.
    const wavy = (index: number) =>
      Math.round(1000 * Math.exp(0.13 * Math.sin(index / 9) ** 3));

    expect(listFindings(judge(makePoints(180, wavy)))).to.deep.equal([]);
  });

  it("learns nothing from an hour that was found", () => {
    const usual = judge(makePoints(weeks4, swing));
    const broken = judge(within(486, 486, () => 0));

    expect(Number(broken[510]?.band?.expected)).to.be.closeTo(
      Number(usual[510]?.band?.expected),
      15,
    );
  });

  it("guesses the first weekend from working days, and tells of next to nothing alone", () => {
    const quietFrom = (rows: number) =>
      makePoints(168, (index) =>
        index < 120 ? swing(index) : Math.round(swing(index) * rows),
      );

    expect(listFindings(judge(quietFrom(0.3)))).to.deep.equal([]);
    expect(listFindings(judge(quietFrom(0)))[0]).to.equal("120 missing");
  });

  it("compares a day of the calendar with Sundays", () => {
    const weekly = (index: number) => {
      const day = Math.floor(index / 24) % 7;
      return Math.round(swing(index) * (day >= 5 ? 0.4 : 1));
    };
    // Day 23 is a Wednesday.
    const points = makePoints(weeks4, (index) =>
      Math.floor(index / 24) === 23
        ? Math.round(swing(index) * 0.4)
        : weekly(index),
    );

    expect(listFindings(judge(points)).length).to.be.within(23, 24);
    expect(
      listFindings(judge(points, { calendar: new Set(["2026-03-25"]) })),
    ).to.deep.equal([]);
  });

  it("knows the same content by rows and bytes", () => {
    const points = makePoints(weeks4, swing).map((point, index) => ({
      ...point,
      bytes: 100_000 + index,
    }));
    const again = points.map((point, index) =>
      index === 486 ? { ...point, ...pick(points[485]) } : point,
    );
    const [finding] = judge(again)[486]?.findings ?? [];

    expect(listFindings(judge(points))).to.deep.equal([]);
    expect(finding).to.include({ rule: "duplicate", sameAs: hourAt(485) });
  });

  it("takes points in any order and none at all", () => {
    const points = within(486, 488, () => 0);

    expect(judge([...points].reverse())).to.deep.equal(judge(points));
    expect(judge([])).to.deep.equal([]);
  });

  it("judges the span alone, within what is asked", () => {
    const points = makePoints(300, swing).slice(10);
    const verdicts = judgeSeries(
      points,
      defaultWatchSettings,
      hourAt(0),
      hourAt(290),
    );

    expect(verdicts[0]?.hour).to.equal(hourAt(10));
    expect(verdicts.at(-1)?.hour).to.equal(hourAt(290));
  });

  it("never changes a verdict by what comes after", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3000 }), {
          minLength: 260,
          maxLength: 320,
        }),
        fc.integer({ min: 1, max: 200 }),
        (counts, cut) => {
          const points = makePoints(counts.length, (index) => counts[index]!);
          const fewer = points.slice(0, -cut);
          expect(judge(points).slice(0, fewer.length)).to.deep.equal(
            judge(fewer),
          );
        },
      ),
      { numRuns: 15 },
    );
  });

  it("finds nothing in a smooth course of any size", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (mean) => {
        const points = makePoints(400, (index) => swing(index, mean));
        expect(listFindings(judge(points))).to.deep.equal([]);
      }),
      { numRuns: 10 },
    );
  });
});

function pick(point: HourPoint | undefined) {
  return { rows: point?.rows ?? null, bytes: point?.bytes ?? null };
}
