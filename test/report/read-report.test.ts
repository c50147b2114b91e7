import { expect } from "chai";
import { NotReadyError } from "../../src/errors.js";
import { describeReport } from "../../src/report/describe-report.js";
import { renderText } from "../../src/messages/render-text.js";
import { hours, hoursOf, makeReportPlace } from "./report-place.js";

type Place = ReturnType<typeof makeReportPlace>;

/** Each hour of the day, classified and loaded. */
async function fill(
  place: Place,
  rows: Readonly<Record<string, number>>,
): Promise<void> {
  for (const hour of hours) {
    await place.classify(hour, rows);
    for (const [type, count] of Object.entries(rows))
      if (place.catalog.types.has(type)) place.load(type, hour, count);
  }
}

const hourAt = (index: number) => hours[index] ?? hours[0];

describe("a day's report", () => {
  it("sets the day beside the day before and the same day last week", async () => {
    const place = makeReportPlace(["purchase"]);
    await fill(place, { purchase: 110 });
    place.loadDay("purchase", 1, 100);
    place.loadDay("purchase", 7, 220);

    const { days, totals, types, hours: span } = await place.read();
    expect(days).to.deep.equal({
      day: "2026-11-20",
      before: "2026-11-19",
      lastWeek: "2026-11-13",
    });
    expect(span).to.deep.equal({
      from: "2026-11-19T15",
      to: "2026-11-20T14",
      count: 24,
      notDone: [],
    });
    const [row] = types;
    expect(row).to.deep.include({
      type: "purchase",
      catalogued: true,
      owner: "data",
      rows: { day: 2640, before: 2400, lastWeek: 5280 },
      usual: 3840,
      notLoaded: [],
      differing: [],
    });
    expect(row?.change.before).to.be.closeTo(0.1, 1e-9);
    expect(row?.change.lastWeek).to.equal(-0.5);
    expect(totals.rows).to.deep.equal(row?.rows);
  });

  it("knows no data from 0", async () => {
    const place = makeReportPlace(["none", "zero", "was_zero", "empty"]);
    for (const hour of hours) {
      await place.classify(hour, { zero: 0, was_zero: 1, empty: 0 });
      place.load("zero", hour, 0);
      place.load("was_zero", hour, 1);
    }
    place.loadDay("zero", 1, 0);
    place.loadDay("was_zero", 1, 0);

    const { types } = await place.read();
    const of = (name: string) => types.find(({ type }) => type === name);
    expect(of("zero")).to.deep.include({
      rows: { day: 0, before: 0, lastWeek: null },
      change: { before: 0, lastWeek: null },
    });
    expect(of("was_zero")).to.deep.include({
      rows: { day: 24, before: 0, lastWeek: null },
      change: { before: null, lastWeek: null },
    });
    // Classified, and nothing was there: that is known without a load.
    expect(of("empty")?.rows.day).to.equal(0);
    const text = renderText(describeReport(await place.read()));
    expect(text).to.match(/^was_zero +24 +0 +from 0 +no data +-$/m);
    expect(text).to.match(/^zero +0 +0 +0% +no data +-$/m);
  });

  it("has no data for a type where no hour is done", async () => {
    const place = makeReportPlace(["purchase"]);
    place.loadDay("purchase", 1, 100);

    const { hours: span, types, totals, lines } = await place.read();
    expect(span.notDone).to.deep.equal(hours);
    expect(types[0]?.rows.day).to.equal(null);
    expect(types[0]?.change.before).to.equal(null);
    expect(totals.rows.day).to.equal(null);
    expect(lines.day).to.equal(null);
  });

  it("takes rows before their type's start for no load that is missing", async () => {
    const startDate = "2026-11-19T20:00:00Z";
    const place = makeReportPlace(["purchase"], { startDate });
    for (const hour of hours) await place.classify(hour, { purchase: 10 });
    const { types } = await place.read();
    expect(types[0]?.notLoaded).to.deep.equal(hours.slice(5));
  });

  it("names what is not done, not loaded and differing, and how to mend it", async () => {
    const place = makeReportPlace(["purchase", "view"]);
    for (const [index, hour] of hours.entries()) {
      if ([3, 4, 5, 9].includes(index)) continue;
      await place.classify(hour, { purchase: 10, view: 20 });
      if (index !== 7) place.load("purchase", hour, 10);
      place.load("view", hour, index === 8 ? 19 : 20);
    }

    const model = await place.read();
    expect(model.hours.notDone).to.deep.equal([3, 4, 5, 9].map(hourAt));
    expect(
      model.types.map(({ type, notLoaded, differing }) => [
        type,
        notLoaded,
        differing,
      ]),
    ).to.deep.equal([
      ["view", [], [hourAt(8)]],
      ["purchase", [hourAt(7)], []],
    ]);
    const message = describeReport(model);
    expect(message.title).to.equal(
      "Logs of 2026-11-20: 4 hours not done, 2 types not loaded whole; 589 rows",
    );
    const text = renderText(message);
    expect(text).to.include(
      "• 4 of 24 hours are not done: 2026-11-19T18 to 2026-11-19T20, 2026-11-20T00\n" +
        "• view (data): 1 hour whose table differs from the manifest: 2026-11-19T23\n" +
        "• purchase (data): 1 hour not loaded: 2026-11-19T22\n",
    );
    expect(text).to.include(
      "  sluice reconcile --from 2026-11-19T15 --to 2026-11-20T14 --run\n",
    );
  });

  it("names no command that does nothing for a type that the catalog lacks", async () => {
    const place = makeReportPlace(["purchase"]);
    await fill(place, { purchase: 10, stranger: 7 });
    const text = renderText(describeReport(await place.read()));
    expect(text).to.include(
      "not in the catalog, staged and not loaded: stranger (168 rows); sluice add gives a type its table",
    );
    expect(text).to.include("sluice status --from");
    expect(text).not.to.include("reconcile");
  });

  it("puts the worst first: not loaded, unknown, then the farthest from usual, up or down", async () => {
    const place = makeReportPlace([
      ...["steady", "doubled", "quarter", "tiny", "undone"],
    ]);
    await fill(place, {
      steady: 1000,
      doubled: 2000,
      quarter: 250,
      tiny: 0,
      stranger: 7,
    });
    for (const [index, hour] of hours.entries()) {
      await place.classify(hour, {
        ...{ steady: 1000, doubled: 2000, quarter: 250, tiny: 0 },
        ...{ stranger: 7, undone: index === 0 ? 5 : 0 },
      });
    }
    for (const daysBefore of [1, 7, 14]) {
      for (const type of ["steady", "doubled", "quarter"])
        place.loadDay(type, daysBefore, 1000);
      place.load("tiny", hoursOf(daysBefore)[0] ?? hours[0], 2);
    }

    const { types } = await place.read();
    expect(types.map(({ type }) => type)).to.deep.equal([
      ...["undone", "stranger", "quarter", "doubled", "tiny", "steady"],
    ]);
  });

  it("takes for usual what two of the day before, last week and two weeks ago agree on", async () => {
    const place = makeReportPlace(["holiday", "weekend"]);
    await fill(place, { holiday: 100, weekend: 100 });
    place.loadDay("holiday", 1, 98);
    place.loadDay("holiday", 7, 1);
    place.loadDay("holiday", 14, 100);
    place.loadDay("weekend", 1, 900);
    place.loadDay("weekend", 7, 104);
    place.loadDay("weekend", 14, 101);

    const { types } = await place.read();
    expect(types.map(({ type, usual }) => [type, usual])).to.deep.equal([
      ["weekend", 104 * 24],
      ["holiday", 98 * 24],
    ]);
  });

  it("counts a type that the catalog lacks as staged, and in no total", async () => {
    const place = makeReportPlace(["purchase"]);
    await fill(place, { purchase: 1, stranger: 5 });
    for (const hour of hoursOf(1))
      place.count(hour, { unknownTypes: { stranger: 4 } });
    for (const hour of hoursOf(7)) place.count(hour, {});

    const { types, totals } = await place.read();
    expect(types[0]).to.deep.include({
      type: "stranger",
      catalogued: false,
      owner: null,
      rows: { day: 120, before: 96, lastWeek: 0 },
      change: { before: 0.25, lastWeek: null },
    });
    expect(totals.rows.day).to.equal(24);
    expect(describeReport(await place.read()).title).to.equal(
      "Logs of 2026-11-20: 1 unknown type; 24 rows",
    );
  });

  it("knows no rows of a stranger by the name of what every object has", async () => {
    const place = makeReportPlace(["purchase"]);
    await fill(place, { purchase: 1, constructor: 5 });
    for (const hour of hoursOf(1)) place.count(hour, {});

    const { types } = await place.read();
    expect(types[0]).to.deep.include({
      type: "constructor",
      rows: { day: 120, before: 0, lastWeek: null },
    });
  });

  it("counts what was set aside, and why", async () => {
    const place = makeReportPlace(["purchase"]);
    for (const hour of hours) {
      await place.classify(hour, { purchase: 98 }, { not_json: 1, no_type: 1 });
      place.load("purchase", hour, 97, { rowsSetAside: 1 });
    }
    for (const hour of hoursOf(1))
      place.count(hour, { lines: 1000, setAside: 3 });

    const model = await place.read();
    expect(model.setAside).to.deep.equal({
      lines: { day: 48, before: 72, lastWeek: null },
      reasons: { not_json: 24, no_type: 24 },
      byLoads: 24,
    });
    expect(model.lines).to.deep.equal({
      day: 2400,
      before: 24_000,
      lastWeek: null,
    });
    expect(renderText(describeReport(model))).to.include(
      "Set aside: 48 lines of 2,400 (2%): not_json 24, no_type 24. The day before: 72; a week before: no data. Loads set aside 24 rows.",
    );
  });

  it("reads fifteen days of a hundred types by one query of the ledger", async () => {
    const types = Array.from({ length: 100 }, (_, index) => `type_${index}`);
    const place = makeReportPlace(types);
    for (const type of types)
      for (let daysBefore = 0; daysBefore < 15; daysBefore += 1)
        place.loadDay(type, daysBefore, 10);

    const { types: rows } = await place.read();
    expect(rows.length).to.equal(100);
    expect(rows.every(({ rows: { lastWeek } }) => lastWeek === 240)).to.equal(
      true,
    );
    expect(place.queries).to.deep.equal([
      "ledger 2026-11-05T15 2026-11-20T14",
      "hours 2026-11-05T15 2026-11-20T14",
    ]);
  });

  it("waits for the day's end in its time zone", async () => {
    const place = makeReportPlace(["purchase"]);
    const error: unknown = await place
      .read(() => new Date("2026-11-20T14:59:59Z"))
      .catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(NotReadyError);
    expect((error as Error).message).to.equal(
      "2026-11-20 is not over in Asia/Seoul: it ends at 2026-11-20T15:00Z; report an earlier day",
    );
    await place.read(() => new Date("2026-11-20T15:00:00Z"));
  });
});
