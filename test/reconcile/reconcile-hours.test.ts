import { join } from "node:path";
import { expect } from "chai";
import { chooseReconcileExit } from "../../jobs/reconcile.js";
import { classifyHour } from "../../src/classify/classify-hour.js";
import { filesOf } from "../../src/classify/hour-files.js";
import { manifestKey } from "../../src/classify/manifest.js";
import { planKey } from "../../src/classify/plan.js";
import { planHour } from "../../src/classify/plan-hour.js";
import { readManifest } from "../../src/classify/read-manifest.js";
import { judgeLoads } from "../../src/reconcile/judge-loads.js";
import { findUnnamedQuarantine } from "../../src/reconcile/judge-quarantine.js";
import type { ObjectStore } from "../../src/ports/object-store.js";
import type { TableField } from "../../src/schema/table-field.js";
import { readStates } from "../../src/status/read-states.js";
import { queryDuckDb } from "../contract/query-duckdb.js";
import { ServiceError } from "../../src/errors.js";
import { MemoryObjectStore } from "../classify/memory-object-store.js";
import { aroundCalls } from "../classify/shards-fixtures.js";
import {
  hour,
  listStage,
  makeReconcilePlace,
  nameFindings,
  nextHour,
  reconcilePlace,
  removeReconcilePlaces,
  silent,
  writeObject,
  type ReconcilePlace,
} from "./reconcile-place.js";

describe("reconcile", () => {
  let place: ReconcilePlace;
  beforeEach(async () => {
    place = await makeReconcilePlace();
    await writeObject(place, "2026/11/21/03/a", "view:1", "pay:2", "odd:3");
    await writeObject(place, "2026/11/21/04/a", "view:4", "broken");
  });
  afterEach(removeReconcilePlaces);

  const classify = (ports: Partial<ReconcilePlace> = {}) =>
    classifyHour(
      {
        catalog: place.catalog,
        hour,
        spoolDir: join(place.root, "spool"),
        now: () => new Date("2026-11-22T12:00:00Z"),
        log: silent,
      },
      { ...place, ...ports },
    );
  const countRows = async () =>
    Promise.all([
      place.warehouse.countRows("view", hour),
      place.warehouse.countRows("pay", hour),
      place.warehouse.countRows("view", nextHour),
    ]);
  const runAll = () => reconcilePlace(place, { run: true });

  it("finds hours without a manifest, does them, and then finds nothing", async () => {
    const found = await reconcilePlace(place);
    expect(nameFindings(found)).to.deep.equal([
      "2026-11-21T03 not_classified",
      "2026-11-21T04 not_classified",
    ]);
    expect(chooseReconcileExit(found)).to.equal(3);
    expect(await listStage(place)).to.deep.equal([]);

    const done = await runAll();
    expect(nameFindings(done)).to.deep.equal([
      "2026-11-21T03 not_classified done",
      "2026-11-21T04 not_classified done",
    ]);
    expect(done.failures).to.deep.equal([]);
    expect(chooseReconcileExit(done)).to.equal(0);
    expect(await countRows()).to.deep.equal([1, 1, 1]);

    const again = await reconcilePlace(place);
    expect(nameFindings(again)).to.deep.equal([]);
    expect(chooseReconcileExit(again)).to.equal(0);
  });

  it("leaves an hour alone that has not settled, and one without source objects", async () => {
    const found = await reconcilePlace(
      place,
      { hours: [nextHour] },
      { clock: () => new Date("2026-11-21T05:04:59Z") },
    );
    expect(nameFindings(found)).to.deep.equal([]);
    await place.source.delete("2026/11/21/04/a");
    expect(
      nameFindings(await reconcilePlace(place, { hours: [nextHour] })),
    ).to.deep.equal([]);
  });

  it("takes no folder marker of a console for a source object", async () => {
    const source = new MemoryObjectStore();
    await source.put("2026/11/21/04/", Buffer.alloc(0));
    const marked = { ...place, source };
    expect(
      nameFindings(await reconcilePlace(marked, { hours: [nextHour] })),
    ).to.deep.equal([]);
  });

  const changes: readonly {
    readonly title: string;
    readonly change: () => Promise<void>;
    readonly rows: readonly number[];
  }[] = [
    {
      title: "came late",
      change: () => writeObject(place, "2026/11/21/03/b", "view:9"),
      rows: [2, 1, 1],
    },
    {
      title: "was written anew",
      change: () => writeObject(place, "2026/11/21/03/a", "view:1", "pay:8"),
      rows: [1, 1, 1],
    },
  ];
  for (const { title, change, rows } of changes) {
    it(`classifies and loads an hour again where an object ${title}`, async () => {
      await runAll();
      await change();
      expect(nameFindings(await reconcilePlace(place))).to.deep.equal([
        "2026-11-21T03 source_changed",
      ]);
      expect(nameFindings(await runAll())).to.deep.equal([
        "2026-11-21T03 source_changed done",
      ]);
      expect((await readManifest(place.stage, hour))?.manifest.seq).to.equal(2);
      expect(await countRows()).to.deep.equal(rows);
      expect(nameFindings(await reconcilePlace(place))).to.deep.equal([]);
    });
  }

  it("tells of an object that is gone, and drops none of its lines by itself", async () => {
    await writeObject(place, "2026/11/21/03/b", "view:9");
    await runAll();
    await place.source.delete("2026/11/21/03/a");
    await writeObject(place, "2026/11/21/03/c", "view:10");
    const left = await runAll();
    expect(nameFindings(left)).to.deep.equal(["2026-11-21T03 source_gone"]);
    expect(left.findings[0]?.message).to.include("2026/11/21/03/a is at the");
    expect(chooseReconcileExit(left)).to.equal(3);
    expect(await countRows()).to.deep.equal([2, 1, 1]);
  });

  it("loads the types whose ledger is of another classification", async () => {
    await runAll();
    await writeObject(place, "2026/11/21/03/b", "view:9");
    await classify();
    expect(nameFindings(await reconcilePlace(place))).to.deep.equal([
      "2026-11-21T03 view not_loaded",
      "2026-11-21T03 pay not_loaded",
    ]);
    expect(nameFindings(await runAll())).to.deep.equal([
      "2026-11-21T03 view not_loaded done",
      "2026-11-21T03 pay not_loaded done",
    ]);
    expect(await countRows()).to.deep.equal([2, 1, 1]);
    expect(nameFindings(await reconcilePlace(place))).to.deep.equal([]);
  });

  it("tells of a ledger that is ahead of the manifest, does nothing about it, and says what does", async () => {
    await runAll();
    await writeObject(place, "2026/11/21/03/b", "view:9");
    await runAll();
    await place.stage.delete(manifestKey(hour));
    await writeObject(place, "2026/11/21/03/c", "view:10");
    await classify();
    const found = await runAll();
    expect(nameFindings(found)).to.deep.equal([
      "2026-11-21T03 view ledger_newer",
      "2026-11-21T03 pay ledger_newer",
    ]);
    expect(await countRows()).to.deep.equal([2, 1, 1]);
    const [, times] =
      /, run (\d+) times, so that its seq is higher: sluice classify --hour 2026-11-21T03; then, once: sluice reconcile --from 2026-11-21T03 --to 2026-11-21T03 --run$/.exec(
        found.findings[0]?.message ?? "",
      ) ?? [];
    expect(times).to.equal("2");
    for (let time = 0; time < Number(times); time += 1) await classify();
    const mended = await reconcilePlace(place, { hours: [hour], run: true });
    expect(nameFindings(mended)).to.deep.equal([
      "2026-11-21T03 view not_loaded done",
      "2026-11-21T03 pay not_loaded done",
    ]);
    expect(chooseReconcileExit(mended)).to.equal(0);
    expect(await countRows()).to.deep.equal([3, 1, 1]);
    expect(nameFindings(await reconcilePlace(place))).to.deep.equal([]);
  });

  it("loads an hour whose manifest began anew at the seq that is loaded, with as many rows", async () => {
    await runAll();
    await place.stage.delete(manifestKey(hour));
    await writeObject(place, "2026/11/21/03/a", "view:999", "pay:2", "odd:3");
    expect((await classify()).manifest.seq).to.equal(1);
    const readStatus = async () => {
      const states = await readStates(
        place.catalog,
        [hour],
        place.stage,
        place.warehouse,
      );
      return states[0]?.types
        .filter(({ catalogued }) => catalogued)
        .map(({ type, state }) => `${type} ${state}`);
    };
    expect(await readStatus()).to.deep.equal([
      "view differing",
      "pay differing",
    ]);
    const found = await reconcilePlace(place);
    expect(nameFindings(found)).to.deep.equal([
      "2026-11-21T03 view not_loaded",
      "2026-11-21T03 pay not_loaded",
    ]);
    expect(found.findings[0]?.message).to.match(
      /^1 row staged, seq 1 of run [0-9a-f]{16}; 1 loaded, seq 1 of run [0-9a-f]{16}$/,
    );
    expect(chooseReconcileExit(await runAll())).to.equal(0);
    const file = join(place.root, "w.duckdb");
    expect(
      await queryDuckDb(
        file,
        "SELECT n FROM view WHERE folder_hour = '2026-11-21 03:00:00+00'",
      ),
    ).to.deep.equal([{ n: "999" }]);
    expect(await readStatus()).to.deep.equal(["view loaded", "pay loaded"]);
    expect(nameFindings(await reconcilePlace(place))).to.deep.equal([]);
  });

  it("tells of a manifest that is gone, and replaces no rows by what the source still has", async () => {
    await writeObject(place, "2026/11/21/03/b", "view:9");
    await runAll();
    await place.stage.delete(manifestKey(hour));
    await place.source.delete("2026/11/21/03/b");
    const left = await runAll();
    expect(nameFindings(left)).to.deep.equal(["2026-11-21T03 manifest_gone"]);
    expect(left.findings[0]?.message).to.include(
      "run: sluice classify --hour 2026-11-21T03; then, once: sluice reconcile --from 2026-11-21T03 --to 2026-11-21T03 --run",
    );
    expect(chooseReconcileExit(left)).to.equal(3);
    expect(await countRows()).to.deep.equal([2, 1, 1]);

    await place.source.delete("2026/11/21/03/a");
    expect(nameFindings(await runAll())).to.deep.equal([]);
  });

  it("says how often to classify where the manifest of a seq above 1 is gone", async () => {
    await runAll();
    await writeObject(place, "2026/11/21/03/b", "view:9");
    await runAll();
    await place.stage.delete(manifestKey(hour));
    const left = await runAll();
    expect(nameFindings(left)).to.deep.equal(["2026-11-21T03 manifest_gone"]);
    const [, times] =
      /, run (\d+) times, because seq begins at 1: sluice classify /.exec(
        left.findings[0]?.message ?? "",
      ) ?? [];
    expect(times).to.equal("3");
    for (let time = 0; time < Number(times); time += 1) await classify();
    expect(chooseReconcileExit(await runAll())).to.equal(0);
    expect((await readManifest(place.stage, hour))?.manifest.seq).to.equal(3);
    expect(nameFindings(await reconcilePlace(place))).to.deep.equal([]);
  });

  it("does not call a load done that a newer classification supersedes meanwhile", async () => {
    await runAll();
    await writeObject(place, "2026/11/21/03/b", "view:9");
    await classify();
    const { warehouse } = place;
    const left = await reconcilePlace(
      place,
      { run: true },
      {
        warehouse: {
          url: warehouse.url,
          dialect: warehouse.dialect,
          describeTable: (table) => warehouse.describeTable(table),
          ensureTable: (table) => warehouse.ensureTable(table),
          addColumns: (table, fields) => warehouse.addColumns(table, fields),
          createTemp: (temp, fields) => warehouse.createTemp(temp, fields),
          loadTemp: (options) => warehouse.loadTemp(options),
          replaceHour: async () => {
            await classify();
            return "superseded";
          },
          dropTable: (table) => warehouse.dropTable(table),
          readLedger: (from, to) => warehouse.readLedger(from, to),
          readHours: (from, to) => warehouse.readHours(from, to),
          readColumnSums: (name, from, to) =>
            warehouse.readColumnSums(name, from, to),
          countRows: (table, at) => warehouse.countRows(table, at),
          close: () => Promise.resolve(),
        },
      },
    );
    expect(nameFindings(left)).to.deep.equal([
      "2026-11-21T03 view not_loaded",
      "2026-11-21T03 pay not_loaded",
    ]);
    expect(left.failures.map(({ message }) => message).join()).to.include(
      "seq 2 was not loaded: a newer classification is loaded",
    );
    expect(chooseReconcileExit(left)).to.equal(3);
  });

  it("takes a type called constructor for one that a manifest without it lacks", async () => {
    await runAll();
    const manifest = (await readManifest(place.stage, hour))?.manifest;
    if (manifest === undefined) return expect.fail("no manifest");
    expect(
      judgeLoads([{ name: "constructor", startDate: null }], manifest, []),
    ).to.deep.equal([]);
  });

  describe("of a type whose start_date is later than the hour", () => {
    const startAt = (startDate: string) => {
      const types = new Map(
        [...place.catalog.types].map(([name, type]) => [
          name,
          name === "view" ? { ...type, startDate } : type,
        ]),
      );
      place = { ...place, catalog: { ...place.catalog, types } };
    };

    it("loads nothing that is staged, and finds nothing undone", async () => {
      await classify();
      startAt("2026-11-21T04:00:00Z");
      expect(
        nameFindings(await reconcilePlace(place, { hours: [hour] })),
      ).to.deep.equal(["2026-11-21T03 pay not_loaded"]);
      await reconcilePlace(place, { hours: [hour], run: true });
      expect(await countRows()).to.deep.equal([0, 1, 0]);
    });

    it("loads nothing of an hour that it classifies itself, and the first hour whole", async () => {
      startAt("2026-11-21T03:30:00Z");
      await runAll();
      expect(await countRows()).to.deep.equal([0, 1, 1]);
      expect(nameFindings(await reconcilePlace(place))).to.deep.equal([]);
    });

    it("keeps a load that stands up to date", async () => {
      await runAll();
      startAt("2026-11-22T00:00:00Z");
      await writeObject(place, "2026/11/21/03/b", "view:9");
      await runAll();
      expect(await countRows()).to.deep.equal([2, 1, 1]);
      await writeObject(place, "2026/11/21/03/c", "view:10");
      await classify();
      expect(nameFindings(await reconcilePlace(place))).to.deep.equal([
        "2026-11-21T03 view not_loaded",
        "2026-11-21T03 pay not_loaded",
      ]);
    });
  });

  it("tells of a damaged manifest, and goes on with the other hours", async () => {
    await runAll();
    await place.stage.put(manifestKey(hour), Buffer.from("{}"));
    await writeObject(place, "2026/11/21/04/b", "view:9");
    expect(nameFindings(await runAll())).to.deep.equal([
      "2026-11-21T03 manifest_damaged",
      "2026-11-21T04 source_changed done",
    ]);
  });

  it("reports what fails, and goes on", async () => {
    await writeObject(place, "2026/11/21/03/a", 'view:"text"', "pay:2");
    const result = await runAll();
    expect(result.failures.map(({ type }) => type)).to.deep.equal(["view"]);
    expect(chooseReconcileExit(result)).to.equal(3);
    expect(await countRows()).to.deep.equal([0, 1, 1]);
    expect(nameFindings(await reconcilePlace(place))).to.deep.equal([
      "2026-11-21T03 view not_loaded",
    ]);
  });

  describe("sweeping", () => {
    const dead = "deaddeaddeaddead";
    const orphans = [
      "_plans/2026/11/21/03/0123456789abcdef/00001-of-00002.json",
      `_set_aside/2026/11/21/03/${dead}.ndjson`,
      `_set_aside/2026/11/21/03/${dead}-00001.ndjson`,
      `nobody.knows/2026/11/21/03/${dead}-00000.ndjson.gz`,
      `view/2026/11/21/03/${dead}-00000.ndjson`,
      `view/2026/11/21/03/${dead}-s12-0123456789abcdef-00003.ndjson`,
    ];
    const others = [
      "nobody.knows/2026/11/21/05/x.ndjson",
      "view/notes/x.txt",
      "exports/2026/11/21/03/part-0.json",
      "exports/2026/11/21/03/part-00000.ndjson.gz",
      `exports/2026/11/21/03/${dead}-00000.json`,
      "view/2026/11/21/03/notes.ndjson",
    ];
    beforeEach(async () => {
      await runAll();
      for (const key of [...orphans, ...others])
        await place.stage.put(key, Buffer.from("{}\n"));
    });

    it("deletes what a commit could not sweep, plans too", async () => {
      await reconcilePlace(place, { run: true });
      const before = (await readManifest(place.stage, hour))?.manifest;
      if (before === undefined) return expect.fail("no manifest");
      const plan = await planHour(
        {
          catalog: place.catalog,
          hour,
          shards: 2,
          now: () => new Date("2026-11-22T12:00:00Z"),
        },
        place,
      );
      await writeObject(place, "2026/11/21/03/b", "view:9");
      const stage = aroundCalls(place.stage, (call, make) =>
        call.method === "delete"
          ? Promise.reject(new ServiceError("the stage is down"))
          : make(),
      );
      const { manifest } = await classify({ stage });
      expect(manifest.seq).to.equal(2);
      const left = [...filesOf(before), planKey(plan)];
      expect(await listStage(place)).to.include.members(left);
      const found = await runAll();
      expect(nameFindings(found)).to.deep.equal([
        "2026-11-21T03 garbage done",
        "2026-11-21T03 view not_loaded done",
        "2026-11-21T03 pay not_loaded done",
      ]);
      expect(found.findings[0]?.message).to.match(
        new RegExp(`^${left.length} objects`),
      );
      const keys = await listStage(place);
      expect(keys.filter((key) => left.includes(key))).to.deep.equal([]);
      expect(keys).to.include.members(filesOf(manifest));
    });

    it("deletes what no manifest names, in folders of unknown types too, and nothing else", async () => {
      const before = await listStage(place);
      expect(nameFindings(await reconcilePlace(place))).to.deep.equal([
        "2026-11-21T03 garbage",
      ]);
      expect(await listStage(place)).to.deep.equal(before);
      expect(nameFindings(await runAll())).to.deep.equal([
        "2026-11-21T03 garbage done",
      ]);
      expect(await listStage(place)).to.deep.equal(
        before.filter((key) => !orphans.includes(key)),
      );
      expect(nameFindings(await reconcilePlace(place))).to.deep.equal([]);
    });

    it("lets an hour be while one of its unnamed objects is young", async () => {
      const age = (hours: number) => ({
        options: { run: true, sweepAfterMs: 24 * 3_600_000 },
        ports: { clock: () => new Date(Date.now() + hours * 3_600_000) },
      });
      const young = age(23);
      const before = await listStage(place);
      expect(
        nameFindings(await reconcilePlace(place, young.options, young.ports)),
      ).to.deep.equal([]);
      expect(await listStage(place)).to.deep.equal(before);
      const old = age(25);
      expect(
        nameFindings(await reconcilePlace(place, old.options, old.ports)),
      ).to.deep.equal(["2026-11-21T03 garbage done"]);
    });

    it("leaves the files of an hour without a manifest to its classification", async () => {
      const key = "nobody.knows/2026/11/21/05/x.ndjson";
      const hours = [nextHour, "2026-11-21T05" as typeof hour];
      const result = await reconcilePlace(place, { hours, run: true });
      expect(nameFindings(result)).to.deep.equal([]);
      expect(await listStage(place)).to.include(key);
    });

    it("makes a classification that had begun start over, and lose nothing", async () => {
      await writeObject(place, "2026/11/21/03/b", "view:9", "new.type:1");
      let swept = false;
      const stage = aroundPuts(place.stage, async (key) => {
        if (swept || !key.startsWith("_manifests/")) return;
        swept = true;
        // Its files stand, and are not named.
        const files = (await listStage(place)).filter((each) =>
          each.startsWith("new.type/"),
        );
        expect(files.length).to.equal(1);
        const { source } = place;
        await place.source.delete("2026/11/21/03/b");
        expect(nameFindings(await runAll())).to.deep.equal([
          "2026-11-21T03 garbage done",
        ]);
        expect(await listStage(place)).to.not.include(files[0]);
        await writeObject(
          { ...place, source },
          "2026/11/21/03/b",
          "view:9",
          "new.type:1",
        );
      });
      const result = await classify({ stage });
      expect(result.attempts).to.equal(2);
      const named = filesOf(result.manifest);
      expect(await listStage(place)).to.include.members(named);
      expect(result.manifest.types["new.type"]?.rows).to.equal(1);
    });

    it("ends the open plans of an hour that it sweeps, and no other hour's", async () => {
      const ports = { ...place };
      const options = {
        catalog: place.catalog,
        shards: 2,
        now: () => new Date(),
      };
      const plan = await planHour({ ...options, hour }, ports);
      await planHour({ ...options, hour: nextHour }, ports);
      await reconcilePlace(place, { hours: [hour], run: true });
      const plans = (await listStage(place)).filter((key) =>
        key.startsWith("_plans/"),
      );
      expect(plans.join()).to.not.include(plan.run);
      expect(plans.length).to.equal(1);
    });

    it("gives way to a commit that comes between its listing and its deletes", async () => {
      let committed = false;
      const stage = aroundPuts(place.stage, async (key) => {
        if (committed || !key.startsWith("_manifests/")) return;
        committed = true;
        await writeObject(place, "2026/11/21/03/b", "odd:9");
        await classify();
      });
      await reconcilePlace(place, { run: true }, { stage });
      const manifest = (await readManifest(place.stage, hour))?.manifest;
      if (manifest === undefined) return expect.fail("no manifest");
      expect(manifest.seq).to.equal(2);
      const keys = await listStage(place);
      expect(keys).to.include.members(filesOf(manifest));
      expect(keys.filter((key) => orphans.includes(key))).to.deep.equal([]);
    });
  });

  it("sweeps files of rows set aside that no load names, and loads again where the one that a load names is gone", async () => {
    await writeObject(place, "2026/11/21/03/b", 'view:"x"', "view:5");
    const view = place.catalog.types.get("view");
    if (view === undefined) throw new Error("the catalog lacks its type");
    const quarantined = {
      ...place.catalog,
      types: new Map(place.catalog.types).set("view", {
        ...view,
        onBadRow: "quarantine" as const,
        maxBad: 1,
      }),
    };
    const reconcile = (run: boolean, sweepAfterMs = 0) =>
      reconcilePlace(place, { catalog: quarantined, run, sweepAfterMs });
    const listFiles = async () =>
      (await listStage(place)).filter((key) => key.startsWith("_quarantine/"));
    await reconcile(true);
    expect(nameFindings(await reconcile(false))).to.deep.equal([]);
    const [named = "", ...others] = await listFiles();
    expect(others).to.deep.equal([]);

    const left = named.replace(/[0-9a-f]{10}_1[.]/, "0123456789_1.");
    await place.stage.put(left, Buffer.from("{}\n"));
    await place.stage.put(`${named}.mine`, Buffer.from("a person's\n"));
    const day = 24 * 3_600_000;
    const young = { now: new Date(), sweepAfterMs: day };
    expect(
      findUnnamedQuarantine(
        hour,
        [{ key: left, sizeBytes: 3, etag: "1", modifiedAt: new Date() }],
        [],
        young,
      ),
    ).to.deep.equal([]);
    expect(nameFindings(await reconcile(true))).to.deep.equal([
      "2026-11-21T03 quarantine_left done",
    ]);
    expect(await listFiles()).to.deep.equal([named, `${named}.mine`]);

    await place.stage.delete(named);
    expect(nameFindings(await reconcile(true))).to.deep.equal([
      "2026-11-21T03 view quarantine_gone done",
    ]);
    expect(nameFindings(await reconcile(false))).to.deep.equal([]);
    expect(await place.warehouse.countRows("view", hour)).to.equal(2);
  });

  it("loads a type once whose counts differ and whose file is gone too", async () => {
    await writeObject(place, "2026/11/21/03/b", 'view:"x"', "view:5");
    const types = [...place.catalog.types].map(
      ([name, type]) =>
        [
          name,
          { ...type, onBadRow: "quarantine" as const, maxBad: 1 },
        ] as const,
    );
    const catalog = { ...place.catalog, types: new Map(types) };
    await reconcilePlace(place, { catalog, run: true });
    for (const key of await listStage(place))
      if (key.startsWith("_quarantine/")) await place.stage.delete(key);
    await writeObject(place, "2026/11/21/03/c", "view:6");
    await classify();
    const temps: string[] = [];
    const warehouse = new Proxy(place.warehouse, {
      get(target, name) {
        if (name === "createTemp")
          return (temp: string, fields: readonly TableField[]) => {
            temps.push(temp.replace(/_TEMP_.*/, ""));
            return target.createTemp(temp, fields);
          };
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function"
          ? (value.bind(target) as unknown)
          : value;
      },
    });
    const result = await reconcilePlace(
      place,
      { catalog, run: true },
      { warehouse },
    );
    expect(nameFindings(result)).to.include.members([
      "2026-11-21T03 view not_loaded done",
      "2026-11-21T03 view quarantine_gone done",
    ]);
    expect(temps.sort()).to.deep.equal(["pay", "view"]);
  });
});

/** The store, with `before` awaited before each put. */
function aroundPuts(
  store: ObjectStore,
  before: (key: string) => Promise<void>,
): ObjectStore {
  return {
    url: store.url,
    uri: (key) => store.uri(key),
    list: (prefix) => store.list(prefix),
    listTopFolders: () => store.listTopFolders(),
    get: (key, options) => store.get(key, options),
    delete: (key) => store.delete(key),
    async put(key, body, options) {
      await before(key);
      return store.put(key, body, options);
    },
    async putFile(key, path, options) {
      await before(key);
      return store.putFile(key, path, options);
    },
  };
}
