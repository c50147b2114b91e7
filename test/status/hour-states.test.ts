import { expect } from "chai";
import type { Manifest } from "../../src/classify/manifest.js";
import { parseFolderHour } from "../../src/folder-hour.js";
import type { LedgerRow } from "../../src/ports/warehouse.js";
import { judgeHour, type HourState } from "../../src/status/hour-states.js";

const hour = parseFolderHour("2026-01-15T03");

function manifestOf(rows: number, seq: number): Manifest {
  return {
    version: 1,
    hour,
    seq,
    run: "r",
    catalog: "sha256:0",
    finished_at: "2026-01-15T04:06:00Z",
    inputs: [],
    lines: rows,
    blank: 0,
    set_aside: { rows: 0, reasons: {}, files: [] },
    types: { purchase: { rows, catalogued: true, wrapped: [], files: [] } },
  };
}

function ledgerOf(
  rowsLoaded: number,
  seq: number,
  rowsSetAside = 0,
  run = "r",
): LedgerRow {
  return {
    logType: "purchase",
    folderHour: hour,
    seq,
    rowsLoaded,
    rowsSetAside,
    bytes: 1,
    manifest: "m",
    schemaHash: "h",
    jobId: "j",
    run,
    startedAt: new Date(0),
    finishedAt: new Date(0),
  };
}

const cases: readonly {
  readonly title: string;
  readonly manifest: Manifest | null;
  readonly ledger: LedgerRow | null;
  readonly state: HourState;
}[] = [
  { title: "no manifest", manifest: null, ledger: null, state: "not_done" },
  {
    title: "no manifest, but a load",
    manifest: null,
    ledger: ledgerOf(1, 1),
    state: "differing",
  },
  {
    title: "a manifest of 0 rows",
    manifest: manifestOf(0, 1),
    ledger: null,
    state: "empty",
  },
  {
    title: "a manifest of 0 rows, loaded",
    manifest: manifestOf(0, 1),
    ledger: ledgerOf(0, 1),
    state: "empty",
  },
  {
    title: "a manifest of 0 rows over a load of some",
    manifest: manifestOf(0, 2),
    ledger: ledgerOf(3, 1),
    state: "differing",
  },
  {
    title: "rows and no load",
    manifest: manifestOf(3, 1),
    ledger: null,
    state: "staged",
  },
  {
    title: "rows, all loaded",
    manifest: manifestOf(3, 1),
    ledger: ledgerOf(3, 1),
    state: "loaded",
  },
  {
    title: "rows, loaded and set aside",
    manifest: manifestOf(3, 1),
    ledger: ledgerOf(2, 1, 1),
    state: "loaded",
  },
  {
    title: "rows, not all loaded",
    manifest: manifestOf(3, 1),
    ledger: ledgerOf(2, 1),
    state: "differing",
  },
  {
    title: "rows of the same seq of a manifest that began anew",
    manifest: manifestOf(3, 1),
    ledger: ledgerOf(3, 1, 0, "before"),
    state: "differing",
  },
  {
    title: "rows of a newer classification",
    manifest: manifestOf(3, 2),
    ledger: ledgerOf(3, 1),
    state: "differing",
  },
];

describe("the state of a type's hour", () => {
  for (const { title, manifest, ledger, state } of cases) {
    it(`is ${state} with ${title}`, () => {
      const [cell] = judgeHour(
        hour,
        ["purchase"],
        manifest,
        ledger === null ? [] : [ledger],
      );
      expect(cell?.state).to.equal(state);
    });
  }

  it("shows types that the catalog lacks, from the manifest and from the ledger", () => {
    const manifest = {
      ...manifestOf(3, 1),
      types: { coupon: { rows: 3, catalogued: false, wrapped: [], files: [] } },
    };
    const cells = judgeHour(hour, [], manifest, [ledgerOf(1, 1)]);
    expect(
      cells.map(({ type, state, catalogued }) => [type, state, catalogued]),
    ).to.deep.equal([
      ["coupon", "staged", false],
      ["purchase", "differing", false],
    ]);
  });
});
