import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { chooseReplayExit, listReplay, replay } from "../../jobs/replay.js";
import { UsageError } from "../../src/errors.js";
import { addHours, hoursBetween } from "../../src/folder-hour.js";
import type { Catalog } from "../../src/catalog/catalog.js";
import { manifestKey } from "../../src/classify/manifest.js";
import { readManifest } from "../../src/classify/read-manifest.js";
import { catchError } from "../contract/warehouse.js";
import { queryDuckDb } from "../contract/query-duckdb.js";
import {
  hour,
  makeReconcilePlace,
  nextHour,
  reconcilePlace,
  removeReconcilePlaces,
  silent,
  type ReconcilePlace,
} from "../reconcile/reconcile-place.js";

describe("replay", function () {
  this.timeout(600_000);
  let place: ReconcilePlace;
  let catalog: Catalog;
  beforeEach(async () => {
    place = await makeReconcilePlace();
    const types = [...place.catalog.types].map(
      ([name, type]) =>
        [
          name,
          { ...type, onBadRow: "quarantine" as const, maxBad: 0.5 },
        ] as const,
    );
    catalog = { ...place.catalog, types: new Map(types) };
    const rows = (lines: readonly string[]) =>
      Buffer.from(lines.map((line) => `{"log_type":${line}}\n`).join(""));
    await place.source.put(
      "2026/11/21/03/a",
      rows(['"view","n":1', '"view","n":2,"extra":7', '"pay","n":3']),
    );
    await place.source.put("2026/11/21/04/a", rows(['"view","n":4']));
    await reconcilePlace(place, { catalog, run: true });
  });
  afterEach(removeReconcilePlaces);

  const ports = () => ({
    ...place,
    clock: () => new Date("2026-11-22T12:00:00Z"),
    log: silent,
  });
  const options = () => ({
    catalog,
    hours: [hour, nextHour] as const,
    type: null,
    force: false,
  });
  const mend = () =>
    writeFile(
      join(place.root, "schemas/tables/view.json"),
      JSON.stringify([
        { name: "log_type", type: "STRING" },
        { name: "n", type: "INTEGER" },
        { name: "extra", type: "INTEGER" },
      ]),
    );

  it("lists what is set aside, with its reasons", async () => {
    const listed = await listReplay(options(), ports());
    expect(
      listed.map((each) => [each.type, each.hour, each.rows_set_aside]),
    ).to.deep.equal([["view", hour, 1]]);
    expect(listed[0]?.reasons).to.deep.equal([
      {
        column: "extra",
        expected: "a column of the schema",
        found: "a key that the schema lacks, with a number",
        rows: 1,
      },
    ]);
  });

  it("refuses to list a type that neither the catalog nor the ledger has", async () => {
    const error = await catchError(() =>
      listReplay({ ...options(), type: "veiw" }, ports()),
    );
    expect(error).to.be.instanceOf(UsageError);
    const types = new Map(catalog.types);
    types.delete("view");
    const without = { ...options(), catalog: { ...catalog, types } };
    const listed = await listReplay({ ...without, type: "view" }, ports());
    expect(listed).to.have.length(1);
  });

  it("reads the ledger two weeks at a time, and misses no hour", async () => {
    const ranges: string[] = [];
    const warehouse = new Proxy(place.warehouse, {
      get(target, name) {
        if (name === "readLedger")
          return (from: string, to: string) => {
            ranges.push(`${from} ${to}`);
            return target.readLedger(from, to);
          };
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function"
          ? (value.bind(target) as unknown)
          : value;
      },
    });
    const [first, ...others] = hoursBetween(addHours(hour, -336), nextHour);
    if (first === undefined) throw new Error("the range is empty");
    const hours = [first, ...others] as const;
    const listed = await listReplay(
      { ...options(), hours },
      { ...ports(), warehouse },
    );
    expect(ranges).to.deep.equal([
      "2026-11-07T03 2026-11-21T02",
      "2026-11-21T03 2026-11-21T04",
    ]);
    expect(listed.map((each) => each.hour)).to.deep.equal([hour]);
    const { hours: replayed } = await replay({ ...options(), hours }, ports());
    expect(replayed).to.have.length(2 * 338);
    expect(
      replayed.flatMap((each) => (each.outcome === "left" ? [] : [each.hour])),
    ).to.deep.equal([hour]);
  });

  it("exits with 3 where a newer classification is loaded meanwhile", async () => {
    const warehouse = new Proxy(place.warehouse, {
      get(target, name) {
        if (name === "replaceHour")
          return async () => {
            const standing = (await readManifest(place.stage, hour))?.manifest;
            await place.stage.put(
              manifestKey(hour),
              Buffer.from(
                JSON.stringify({ ...standing, seq: 2, run: "newer" }),
              ),
            );
            return "superseded";
          };
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function"
          ? (value.bind(target) as unknown)
          : value;
      },
    });
    const result = await replay(options(), { ...ports(), warehouse });
    expect(result.failures).to.deep.equal([]);
    expect(result.hours[0]).to.include({ outcome: "superseded", after: 1 });
    expect(chooseReplayExit(result)).to.equal(3);
  });

  it("loads the hours that have rows set aside, and leaves the others", async () => {
    const before = await replay(options(), ports());
    expect(
      before.hours.map(({ type, outcome, before: was, after }) =>
        [type, outcome, was, after].join(" "),
      ),
    ).to.deep.equal([
      "view replaced 1 1",
      "pay left 0 0",
      "view left 0 0",
      "pay left 0 0",
    ]);
    expect(chooseReplayExit(before)).to.equal(0);

    await mend();
    const mended = await replay({ ...options(), type: "view" }, ports());
    expect(mended.hours[0]).to.include({
      outcome: "replaced",
      before: 1,
      after: 0,
      rows_loaded: 2,
    });
    expect(await listReplay(options(), ports())).to.deep.equal([]);
    const again = await replay(
      { ...options(), type: "view", force: true },
      ports(),
    );
    expect(again.hours.map(({ outcome }) => outcome)).to.deep.equal([
      "replaced",
      "replaced",
    ]);
    expect(
      await queryDuckDb(
        join(place.root, "w.duckdb"),
        "SELECT n, extra FROM view ORDER BY n",
      ),
    ).to.deep.equal([
      { n: "1", extra: null },
      { n: "2", extra: "7" },
      { n: "4", extra: null },
    ]);
  });

  it("exits with 3 where rows are refused past max_bad, and leaves their hour as it was", async () => {
    const strict = [...catalog.types].map(
      ([name, type]) => [name, { ...type, maxBad: 0.4 }] as const,
    );
    const refused = await replay(
      { ...options(), catalog: { ...catalog, types: new Map(strict) } },
      ports(),
    );
    expect(chooseReplayExit(refused)).to.equal(3);
    expect(refused.hours[0]).to.include({ outcome: "failed", before: 1 });
    expect(refused.failures[0]?.message).to.include("max_bad allows 0.4");
    expect(await listReplay(options(), ports())).to.have.length(1);
  });
});
