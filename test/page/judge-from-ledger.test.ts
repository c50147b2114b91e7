import { expect } from "chai";
import { judgeFromLedger } from "../../src/page/judge-from-ledger.js";
import type { HourRow, LedgerRow } from "../../src/ports/warehouse.js";

const hour = "2026-11-21T03";
const at = new Date("2026-11-21T04:10:00Z");

function load(logType: string, rowsLoaded: number, seq = 2): LedgerRow {
  return {
    logType,
    folderHour: hour,
    seq,
    rowsLoaded,
    rowsSetAside: 0,
    bytes: 1,
    manifest: "m",
    schemaHash: "h",
    jobId: "j",
    run: "r",
    startedAt: at,
    finishedAt: at,
  };
}

const counts: HourRow = {
  folderHour: hour,
  seq: 2,
  run: "r",
  lines: 9,
  blank: 0,
  setAside: 0,
  setAsideReasons: {},
  unknownTypes: { fresh: 3 },
  finishedAt: at,
};

describe("an hour judged by the warehouse alone", () => {
  it("is known where every type has a load of the newest classification", () => {
    const judged = judgeFromLedger(hour, ["pay", "view"], counts, [
      load("pay", 6),
      load("view", 0),
    ]);
    expect(
      judged?.map(({ type, state, staged, loaded, catalogued }) => [
        type,
        state,
        staged,
        loaded,
        catalogued,
      ]),
    ).to.deep.equal([
      ["pay", "loaded", 6, 6, true],
      ["view", "empty", 0, 0, true],
      ["fresh", "staged", 3, null, false],
    ]);
  });

  const unsettled: readonly [string, HourRow | undefined, LedgerRow[]][] = [
    ["the hour has no counts", undefined, [load("pay", 6)]],
    ["a type has no load", counts, []],
    [
      "a load is of the same seq of another run",
      counts,
      [{ ...load("pay", 6), run: "before" }, load("view", 0)],
    ],
    ["a load is of an older classification", counts, [load("pay", 6, 1)]],
    ["a load is of a newer one than the counts", counts, [load("pay", 6, 3)]],
    [
      "a type that left the catalog is of an older one",
      counts,
      [load("pay", 6), load("gone", 1, 1)],
    ],
  ];
  for (const [title, row, loads] of unsettled)
    it(`is left to its manifest where ${title}`, () => {
      expect(judgeFromLedger(hour, ["pay"], row, loads)).to.equal(null);
    });
});
