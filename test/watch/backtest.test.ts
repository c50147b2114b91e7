import { expect } from "chai";
import { watchBacktest } from "../../jobs/watch-backtest.js";
import type { LedgerRow } from "../../src/ports/warehouse.js";
import type { BacktestHour } from "../../src/watch/backtest-counts.js";
import { confirmFindings } from "../../src/watch/confirm-findings.js";
import { defaultWatchSettings } from "../../src/watch/default-settings.js";
import { formatBacktest } from "../../src/watch/format-backtest.js";
import type { CountRule } from "../../src/watch/model.js";
import {
  hourAt,
  judge,
  listFindings,
  makePoints,
  swing,
} from "./make-points.js";

const outage = makePoints(600, (index) =>
  index === 486 || index === 487 ? 0 : swing(index),
);
const options = {
  from: hourAt(300),
  to: hourAt(700),
  settingsOf: () => defaultWatchSettings,
};

describe("a backtest", () => {
  const text = outage
    .map(({ hour, rows }) => `view,${hour},${rows ?? 0}`)
    .join("\n");

  it("tells each hour that the rules would have told of", async () => {
    const { alerts, types, hours, learning } = await watchBacktest(options, {
      file: "counts.csv",
      text,
    });

    expect({ types, hours, learning }).to.deep.equal({
      types: 1,
      hours: 300,
      learning: 0,
    });
    expect(
      alerts.map(({ type, hour, rule, rows }) => ({ type, hour, rule, rows })),
    ).to.deep.equal([
      { type: "view", hour: hourAt(486), rule: "missing", rows: 0 },
      { type: "view", hour: hourAt(487), rule: "missing", rows: 0 },
    ]);
    expect(Object.keys(alerts[0] ?? {})).to.deep.equal([
      "type",
      "hour",
      "rule",
      "rows",
      "low",
      "high",
    ]);
  });

  it("tells every hour to who asks", async () => {
    const told: BacktestHour[] = [];
    await watchBacktest(
      { ...options, from: hourAt(0), tellHour: (hour) => told.push(hour) },
      { file: "counts.csv", text },
    );

    expect(told.map(({ hour }) => hour)).to.deep.equal(
      outage.map(({ hour }) => hour),
    );
    expect(told[10]).to.deep.equal({
      ...{ type: "view", hour: hourAt(10), state: "learning", rule: null },
      ...{ rows: swing(10), low: null, high: null, expected: null },
    });
    expect(told[486]).to.include({
      state: "finding",
      rule: "missing",
      rows: 0,
    });
    const fine = told[485];
    expect(fine).to.include({ state: "fine", rule: null, rows: swing(485) });
    expect(fine?.low).to.be.within(1, fine?.expected ?? 0);
    expect(fine?.high).to.be.above(fine?.expected ?? Infinity);
  });

  it("joins hours that follow each other, in words", async () => {
    const result = await watchBacktest(options, { file: "counts.csv", text });

    expect(formatBacktest(result)).to.match(
      /^2026-03-22T06\.\.2026-03-22T07 view missing: 0 rows, expected \d+ to \d+\n1 type, 300 hours, of which 0 were too early to judge: 2 alerts in 1 run$/,
    );
  });

  it("says of a number that is usual what is not usual about it", () => {
    const alert = { type: "view", hour: hourAt(3), rows: 5, low: 4, high: 9 };
    const of = (rule: CountRule) =>
      formatBacktest({
        ...{ alerts: [{ ...alert, rule }], types: 1, hours: 1, learning: 0 },
      }).split("\n")[0];
    expect(of("drop")).to.match(/view drop: 5 rows, expected 4 to 9$/);
    expect(of("duplicate")).to.match(
      /view duplicate: 5 rows, the same as another hour's; expected its own, 4 to 9$/,
    );
    expect(of("flatline")).to.match(
      /view flatline: 5 rows, the same hour after hour; expected some that vary, 4 to 9$/,
    );
  });

  it("reads the ledger ten weeks back where there is no CSV", async () => {
    const asked: string[] = [];
    const ledger = outage.map(({ hour, rows }, index): LedgerRow => ({
      logType: "view",
      folderHour: hour,
      seq: 1,
      rowsLoaded: rows ?? 0,
      rowsSetAside: 0,
      bytes: 1000 + index,
      manifest: "",
      schemaHash: "",
      jobId: "",
      run: "",
      startedAt: new Date(0),
      finishedAt: new Date(0),
    }));
    const { alerts } = await watchBacktest(options, {
      warehouse: {
        readLedger: (from, to) => {
          asked.push(from, to);
          return Promise.resolve(
            ledger.filter(
              ({ folderHour }) => from <= folderHour && folderHour <= to,
            ),
          );
        },
      },
    });

    expect([asked[0], asked.at(-1)]).to.deep.equal([
      hourAt(300 - 1680),
      hourAt(700),
    ]);
    expect(alerts.map(({ hour }) => hour)).to.deep.equal([
      hourAt(486),
      hourAt(487),
    ]);
  });
});

describe("confirming findings", () => {
  it("waits for so many of the last hours", () => {
    const verdicts = judge(outage);

    expect(
      listFindings(confirmFindings(verdicts, { hours: 2, of: 3 })),
    ).to.deep.equal(["487 missing"]);
    expect(
      listFindings(confirmFindings(verdicts, { hours: 3, of: 3 })),
    ).to.deep.equal([]);
    expect(confirmFindings(verdicts, { hours: 3, of: 3 })[486]?.state).to.equal(
      "fine",
    );
  });
});
