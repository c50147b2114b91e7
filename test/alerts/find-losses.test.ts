import { expect } from "chai";
import { status } from "../../jobs/status.js";
import { findLosses, type HourLoss } from "../../src/alerts/find-losses.js";
import { manifestKey, type Manifest } from "../../src/classify/manifest.js";
import { AccessError } from "../../src/errors.js";
import { addHours, hourPath, type FolderHour } from "../../src/folder-hour.js";
import type { ObjectStore } from "../../src/ports/object-store.js";
import { judgeHour } from "../../src/status/hour-states.js";
import { formatLosses } from "../../src/terminal/format-losses.js";
import { hour, makeCatalog, makeType } from "../classify/fixtures.js";
import { MemoryObjectStore } from "../classify/memory-object-store.js";

const type = "view";
const catalog = makeCatalog({
  types: new Map([[type, makeType(type)]]),
  settleMinutes: 0,
});
const clock = () => new Date("2026-11-21T12:00:00Z");

/** One object of 100 bytes a row. */
function makeManifest(of: FolderHour, rows: number): Manifest {
  const key = `${type}/${hourPath(of)}/a.ndjson`;
  return {
    version: 1,
    hour: of,
    seq: 1,
    run: "00000000000000aa",
    catalog: "sha256:1",
    finished_at: "2026-11-21T04:06:10Z",
    inputs: [{ key: `${hourPath(of)}/a`, etag: "e", size: rows * 100 }],
    lines: rows,
    blank: 0,
    set_aside: { rows: 0, reasons: {}, files: [] },
    types: {
      [type]: {
        rows,
        catalogued: true,
        wrapped: [],
        files:
          rows === 0 ? [] : [{ key, rows, bytes: rows, crc32c: "AAAAAA==" }],
      },
    },
  };
}

describe("the losses of an hour", () => {
  let stage: MemoryObjectStore;
  beforeEach(() => {
    stage = new MemoryObjectStore();
  });

  /** Of the same time of day so many days before. */
  const stageDay = async (daysBack: number, rows: number): Promise<void> => {
    const of = addHours(hour, -24 * daysBack);
    await stage.put(
      manifestKey(of),
      Buffer.from(JSON.stringify(makeManifest(of, rows))),
    );
  };
  const stageDays = async (
    rowsOf: (daysBack: number) => number,
  ): Promise<void> => {
    for (let back = 1; back <= 56; back += 1)
      await stageDay(back, rowsOf(back));
  };
  const find = async (staged: number, loaded: number | null) => {
    const manifest = makeManifest(hour, staged);
    const ledger =
      loaded === null
        ? []
        : [
            {
              logType: type,
              folderHour: hour,
              seq: 1,
              run: manifest.run,
              rowsLoaded: loaded,
              rowsSetAside: 0,
            },
          ];
    const source = new MemoryObjectStore();
    const types = judgeHour(hour, [type], manifest, ledger);
    const found = await findLosses(catalog, [{ hour, manifest, types }], {
      source,
      stage,
      clock,
    });
    return (found.get(hour) ?? []).map(
      ({ stage: at, rows, usual }) => `${at} ${rows} of ${String(usual)}`,
    );
  };

  it("are none where the hour has what it usually has", async () => {
    await stageDays(() => 1000);
    expect(await find(950, 950)).to.deep.equal([]);
  });

  it("are seen on a Saturday's type too, that is idle on some days", async () => {
    // The hour is a Saturday's; so are those of whole weeks before.
    await stageDays((back) => (back <= 2 ? 0 : 1000));
    expect(await find(0, 0)).to.deep.equal(["source 0 of 1000"]);
  });

  it("are seen on the third day of a loss that lasts", async () => {
    await stageDays((back) => (back <= 2 ? 500 : 1000));
    expect(await find(500, 500)).to.deep.equal(["source 500 of 1000"]);
  });

  it("are at the source where few rows came, and in load where they wait for it: both, where few wait", async () => {
    await stageDays(() => 1000);
    const both = ["source 0 of 1000", "load 0 of 1000"];
    for (const few of [100, 400, 600])
      expect(await find(few, null)).to.deep.equal(both);
    expect(await find(600, 590)).to.deep.equal([
      "source 590 of 1000",
      "load 590 of 1000",
    ]);
    expect(await find(100, 100)).to.deep.equal(["source 100 of 1000"]);
    expect(await find(1000, null)).to.deep.equal(["load 0 of 1000"]);
    expect(await find(3000, null)).to.deep.equal(["load 0 of 1000"]);
  });

  it("of many types are a line for each reason, which names them", () => {
    const ofType = (name: string, rows: number, details: string): HourLoss => ({
      type: name,
      stage: "classify",
      rows,
      usual: null,
      details: [details],
    });
    const losses = [
      ...["a", "b", "c", "d", "e", "f", "g"].map((name, index) =>
        ofType(name, index, `${index} rows are of no entry.`),
      ),
      ofType("h", 5, "The manifest lacks the type."),
    ];
    const [, merged, apart, ...rest] = formatLosses([{ hour, losses }]).split(
      "\n",
    );
    expect(merged).to.match(
      /7 types +in classify +21 +- +a, b, c, d, e and 2 more\. a: 0 rows/,
    );
    expect(apart).to.match(/ h +in classify +5 +- +The manifest lacks/);
    expect(rest).to.deep.equal([]);
  });

  it("leave the states standing where the source refuses, and the log says so", async () => {
    const manifest = makeManifest(hour, 0);
    await stage.put(manifestKey(hour), Buffer.from(JSON.stringify(manifest)));
    await stageDays(() => 1000);
    const source: ObjectStore = new MemoryObjectStore();
    source.list = () => {
      throw new AccessError("s3://logs: no right to list");
    };
    const warnings: string[] = [];
    const [shown] = await status(
      { catalog, from: hour, to: hour },
      {
        source,
        stage,
        warehouse: { readLedger: () => Promise.resolve([]) },
        clock,
        log: {
          warn: (fields, message) => {
            warnings.push(`${JSON.stringify(fields)} ${message}`);
          },
        },
      },
    );
    expect(shown?.types[0]).to.include({ state: "empty", staged: 0 });
    expect(shown?.losses).to.equal(null);
    expect(warnings.join()).to.include("no right to list");
    expect(warnings.join()).to.include("--no-losses");
  });
});
