import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { DuckDbWarehouse } from "../../src/adapters/duckdb-warehouse.js";
import { FileObjectStore } from "../../src/adapters/file-object-store.js";
import type { LogType } from "../../src/catalog/catalog.js";
import {
  DataRefusedError,
  MisfitError,
  NotReadyError,
  UsageError,
} from "../../src/errors.js";
import { readManifest } from "../../src/classify/read-manifest.js";
import { loadHour, type LoadResult } from "../../src/load/load-hour.js";
import type { TableField } from "../../src/schema/table-field.js";
import { queryDuckDb } from "../contract/query-duckdb.js";
import { catchError } from "../contract/warehouse.js";
import { hour, logType, scalar, stageHour } from "./stage-hour.js";

describe("loading an hour", () => {
  let directory: string;
  let stage: FileObjectStore;
  let warehouse: DuckDbWarehouse;
  let file: string;
  let logged: string[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "sluice-load-"));
    stage = new FileObjectStore(join(directory, "stage"));
    file = join(directory, "w.duckdb");
    warehouse = new DuckDbWarehouse(file);
    logged = [];
  });
  afterEach(async () => {
    await warehouse.close();
    await rm(directory, { recursive: true });
  });

  const fields = [scalar("id", "INTEGER"), scalar("name", "STRING")];
  const plain = logType("purchase");

  function load(
    type: LogType = plain,
    schema: readonly TableField[] = fields,
  ): Promise<LoadResult> {
    return loadHour(
      { type, hour, fields: schema, timezone: "Asia/Seoul" },
      {
        stage,
        warehouse,
        clock: () => new Date("2026-11-21T04:30:00Z"),
        log: { warn: (_, message) => logged.push(message) },
      },
    );
  }

  async function tableNames(): Promise<unknown[]> {
    const rows = await queryDuckDb(
      file,
      "SELECT table_name FROM duckdb_tables() ORDER BY ALL",
    );
    return rows.map((row) => row["table_name"]);
  }

  const rows = ['{"id":1,"name":""}', '{"id":2}', '{"id":0,"name":null}'];

  for (const gzip of [false, true]) {
    it(`loads ${gzip ? "gzip" : "plain"} files, writes the ledger and drops its TEMP table`, async () => {
      await stageHour(stage, 1, [
        { name: "purchase", files: [rows, ['{"id":9}']], gzip },
      ]);
      const result = await load();
      expect(result).to.include({
        type: "purchase",
        table: "purchase",
        seq: 1,
        rows_loaded: 4,
        outcome: "replaced",
      });
      expect(
        await queryDuckDb(file, "SELECT * FROM purchase ORDER BY id"),
      ).to.deep.equal(
        [
          [0, null],
          [1, ""],
          [2, null],
          [9, null],
        ].map(([id, name]) => ({
          folder_hour: "2026-11-21 03:00:00+00",
          id: String(id),
          name,
        })),
      );
      const [ledger] = await warehouse.readLedger(hour, hour);
      expect(ledger).to.include({
        logType: "purchase",
        rowsLoaded: 4,
        seq: 1,
        run: "run1",
        bytes: result.bytes,
      });
      expect(
        await queryDuckDb(file, "SELECT lines, seq FROM _sluice_hours_current"),
      ).to.deep.equal([{ lines: "4", seq: "1" }]);
      expect(await tableNames()).to.deep.equal([
        "_sluice_hours",
        "_sluice_loads",
        "purchase",
      ]);
      expect(logged).to.deep.equal([]);
    });
  }

  it("gives the same table however often it runs", async () => {
    await stageHour(stage, 1, [{ name: "purchase", files: [rows] }]);
    await load();
    const once = await queryDuckDb(file, "SELECT * FROM purchase ORDER BY ALL");
    await Promise.all([load(), load()]);
    expect(
      await queryDuckDb(file, "SELECT * FROM purchase ORDER BY ALL"),
    ).to.deep.equal(once);
    expect(
      await queryDuckDb(file, "SELECT count(*) n FROM _sluice_hours"),
    ).to.deep.equal([{ n: "1" }]);
  });

  it("writes 0 to the ledger for an hour that is empty for the type", async () => {
    await stageHour(stage, 1, [{ name: "purchase", files: [rows] }]);
    await load();
    await stageHour(stage, 2, [{ name: "purchase", files: [] }]);
    expect(await load()).to.include({ outcome: "replaced", rows_loaded: 0 });
    expect(await warehouse.countRows("purchase", hour)).to.equal(0);
    const [ledger] = await warehouse.readLedger(hour, hour);
    expect(ledger).to.include({ seq: 2, rowsLoaded: 0 });
  });

  it("leaves the table to a newer classification that was loaded meanwhile", async () => {
    await stageHour(stage, 4, [{ name: "purchase", files: [] }]);
    const newer = new FileObjectStore(join(directory, "stage"));
    const fit = warehouse.ensureTable.bind(warehouse);
    warehouse.ensureTable = async (table) => {
      warehouse.ensureTable = fit;
      await stageHour(newer, 5, [{ name: "purchase", files: [rows] }]);
      expect(await load()).to.include({ outcome: "replaced", seq: 5 });
      return fit(table);
    };
    expect(await load()).to.include({
      outcome: "superseded",
      seq: 4,
      rows_loaded: 0,
    });
    expect(await warehouse.countRows("purchase", hour)).to.equal(3);
    expect(logged.join()).to.match(/superseded: the hour was classified anew/);
    expect(await tableNames()).to.have.length(3);
  });

  it("refuses an hour whose manifest began anew below the seq that is loaded, and says how to go on", async () => {
    await stageHour(stage, 3, [{ name: "purchase", files: [rows] }]);
    await load();
    await stageHour(stage, 1, [
      { name: "purchase", files: [[...rows, '{"id":4}']] },
    ]);
    const error = await catchError(() => load());
    expect(error).to.be.instanceOf(DataRefusedError);
    expect((error as Error).message).to.equal(
      "purchase 2026-11-21T03: nothing was changed, because seq 3 is loaded, but the manifest is of seq 1: it was deleted or put back. " +
        "If the source is whole, run 3 times, so that its seq is higher: sluice classify --hour 2026-11-21T03; " +
        "then, once: sluice reconcile --from 2026-11-21T03 --to 2026-11-21T03 --run",
    );
    expect(await warehouse.countRows("purchase", hour)).to.equal(3);
    expect(await tableNames()).to.have.length(3);

    const fit = warehouse.ensureTable.bind(warehouse);
    warehouse.ensureTable = async (table) => {
      await stageHour(stage, 2, [{ name: "purchase", files: [rows] }]);
      return fit(table);
    };
    expect(((await catchError(() => load())) as Error).message).to.include(
      "seq 3 is loaded, but the manifest is of seq 2",
    );
    warehouse.ensureTable = fit;
    await stageHour(stage, 4, [{ name: "purchase", files: [rows] }]);
    expect(await load()).to.include({ outcome: "replaced", seq: 4 });
  });

  it("takes no ledger for ahead that a newer classification passes while it looks", async () => {
    await stageHour(stage, 4, [{ name: "purchase", files: [] }]);
    const newer = new FileObjectStore(join(directory, "stage"));
    const replace = warehouse.replaceHour.bind(warehouse);
    const readLedger = warehouse.readLedger.bind(warehouse);
    const loadNewer = async (seq: number) => {
      warehouse.replaceHour = replace;
      warehouse.readLedger = readLedger;
      await stageHour(newer, seq, [{ name: "purchase", files: [rows] }]);
      await load();
    };
    const get = stage.get.bind(stage);
    warehouse.replaceHour = async (replacement) => {
      await loadNewer(5);
      const outcome = await replace(replacement);
      let reads = 0;
      // Between the reads of the ledger and of the manifest, whichever comes first.
      const once = async () => {
        reads += 1;
        if (reads === 2) await loadNewer(6);
      };
      warehouse.readLedger = async (from, to) => {
        await once();
        return readLedger(from, to);
      };
      stage.get = async (key, options) => {
        if (reads < 2) await once();
        return get(key, options);
      };
      return outcome;
    };
    expect(await load()).to.include({ outcome: "superseded", seq: 4 });
    expect((await readLedger(hour, hour))[0]?.seq).to.equal(6);
  });

  it("replaces the rows of the same seq of another run", async () => {
    await stageHour(stage, 1, [{ name: "purchase", files: [rows] }]);
    await load();
    await stageHour(
      stage,
      1,
      [{ name: "purchase", files: [['{"id":7}']] }],
      "anew",
    );
    expect(await load()).to.include({ outcome: "replaced", rows_loaded: 1 });
    expect(await queryDuckDb(file, "SELECT id FROM purchase")).to.deep.equal([
      { id: "7" },
    ]);
    expect(
      await queryDuckDb(file, "SELECT run, lines FROM _sluice_hours"),
    ).to.have.deep.members([
      { run: "run1", lines: "3" },
      { run: "anew", lines: "1" },
    ]);
  });

  it("converts, renames, drops, computes and keeps wrapped text", async () => {
    const type = logType("purchase", {
      at: { from: "epoch_millis", to: "datetime" },
      seen: { from: "iso8601", to: "timestamp", rename: "seen_at" },
      secret: { drop: true },
      price: { sql: "price * 2" },
      body: { wrap: "string" },
    });
    const schema = [
      scalar("at", "INTEGER"),
      scalar("seen", "STRING"),
      scalar("secret", "STRING"),
      scalar("price", "NUMERIC"),
      scalar("body", "STRING"),
    ];
    const row = {
      at: 1700000000123,
      seen: "2026-11-21T12:00:00+09:00",
      secret: "x",
      price: 1.25,
      body: '{"a": 1}',
    };
    await stageHour(stage, 1, [
      {
        name: "purchase",
        files: [[JSON.stringify(row), "{}"]],
        wrapped: ["body"],
      },
    ]);
    await load(type, schema);
    expect(
      await queryDuckDb(file, "SELECT * FROM purchase ORDER BY ALL"),
    ).to.deep.equal([
      {
        folder_hour: "2026-11-21 03:00:00+00",
        at: "2023-11-15 07:13:20.123",
        seen_at: "2026-11-21 03:00:00+00",
        price: "2.500000000",
        body: '{"a": 1}',
      },
      {
        folder_hour: "2026-11-21 03:00:00+00",
        at: null,
        seen_at: null,
        price: null,
        body: null,
      },
    ]);
  });

  it("adds new columns, and leaves null what only the table has", async () => {
    await stageHour(stage, 1, [{ name: "purchase", files: [rows] }]);
    await load();
    await stageHour(stage, 2, [
      { name: "purchase", files: [['{"id":7,"tags":["a"]}']] },
    ]);
    await load(plain, [
      scalar("id", "INTEGER"),
      scalar("tags", "STRING", "REPEATED"),
    ]);
    const [row] = await queryDuckDb(
      file,
      "SELECT id, name, tags FROM purchase",
    );
    expect(row).to.deep.equal({ id: "7", name: null, tags: ["a"] });
  });

  const refusals: readonly (readonly [
    title: string,
    prepare: () => Promise<unknown>,
    kind: new (...args: never[]) => Error,
    words: readonly string[],
  ])[] = [
    [
      "an hour that is not classified",
      async () => {
        await rm(join(directory, "stage", "_manifests"), { recursive: true });
        return load();
      },
      NotReadyError,
      ["not classified", "sluice classify --hour 2026-11-21T03"],
    ],
    [
      "a type that was added after the hour was classified",
      () => load(logType("refund")),
      NotReadyError,
      ["refund", "added", "classify"],
    ],
    [
      "a type named like a member of Object",
      () => load(logType("constructor")),
      NotReadyError,
      ["constructor"],
    ],
    [
      "other wraps than the manifest's",
      () => load(logType("purchase", { name: { wrap: "string" } })),
      DataRefusedError,
      ["no column wrapped", "wraps name", "classify"],
    ],
    [
      "rows that do not fit",
      () => load(plain, [scalar("id", "BOOLEAN"), scalar("name", "STRING")]),
      MisfitError,
      [
        "purchase 2026-11-21T03",
        "3 rows do not fit",
        "id: expected BOOLEAN, found a number in 3 rows",
        "purchase/2026/11/21/03/run2-0.ndjson:1",
        '{"id":1,"name":""}',
      ],
    ],
    [
      "a table whose columns differ",
      () => load(plain, [scalar("id", "FLOAT"), scalar("name", "STRING")]),
      DataRefusedError,
      ["id: FLOAT NULLABLE in the schema file, INTEGER NULLABLE in the table"],
    ],
    [
      "a file with other bytes than the manifest says",
      async () => {
        await stage.put(
          "purchase/2026/11/21/03/run2-0.ndjson",
          Buffer.from('{"id":1,"name":"X"}\n{"id":2}\n{"id":0}\n'),
        );
        return load();
      },
      DataRefusedError,
      ["run2-0.ndjson", "crc32c", "classify the hour again"],
    ],
    [
      "a rule for a column that the schema lacks",
      () => load(logType("purchase", { nothing: { drop: true } })),
      UsageError,
      ["types.purchase.columns.nothing"],
    ],
    [
      "two columns of one name",
      () =>
        load(logType("purchase", { name: { from: "iso8601", rename: "id" } })),
      UsageError,
      ["two columns named id"],
    ],
  ];
  for (const [title, attempt, kind, words] of refusals) {
    it(`refuses ${title}, in words, and changes nothing`, async () => {
      await stageHour(stage, 1, [{ name: "purchase", files: [['{"id":42}']] }]);
      await load();
      await stageHour(stage, 2, [{ name: "purchase", files: [rows] }]);
      const error = await catchError(attempt);
      expect(error).to.be.instanceOf(kind);
      for (const word of words) {
        expect((error as Error).message).to.include(word);
      }
      expect(await queryDuckDb(file, "SELECT id FROM purchase")).to.deep.equal([
        { id: "42" },
      ]);
      expect(await tableNames()).to.have.length(3);
      const [ledger] = await warehouse.readLedger(hour, hour);
      expect(ledger?.seq).to.equal(1);
    });
  }

  it("says of rows that the manifest does not count that they differ", async () => {
    await stageHour(stage, 1, [{ name: "purchase", files: [rows] }]);
    const manifest = join(directory, "stage", "_manifests/2026/11/21/03.json");
    const stored = await readManifest(stage, hour);
    const text = JSON.stringify(stored?.manifest)
      .replaceAll('"rows":3', '"rows":4')
      .replace('"lines":3', '"lines":4');
    await writeFile(manifest, text);
    const error = await catchError(() => load());
    expect(error).to.be.instanceOf(DataRefusedError);
    expect((error as Error).message)
      .to.include("3 rows")
      .and.to.include("4");
  });

  it("reads the manifest again when a file is gone, and gives up where nothing newer stands", async () => {
    await stageHour(stage, 1, [{ name: "purchase", files: [rows] }]);
    await stage.delete("purchase/2026/11/21/03/run1-0.ndjson");
    const error = await catchError(() => load());
    expect((error as Error).message).to.include("is gone");

    await stageHour(stage, 1, [{ name: "purchase", files: [rows] }]);
    const racing = new FileObjectStore(join(directory, "stage"));
    const get = stage.get.bind(stage);
    stage.get = async (key, options) => {
      if (key === "purchase/2026/11/21/03/run1-0.ndjson") {
        await stageHour(racing, 2, [
          { name: "purchase", files: [['{"id":5}']] },
        ]);
        await racing.delete(key);
      }
      return get(key, options);
    };
    expect(await load()).to.include({ seq: 2, rows_loaded: 1 });
  });
});
