import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { BigQueryWarehouse } from "../../src/adapters/bigquery-warehouse.js";
import { DuckDbWarehouse } from "../../src/adapters/duckdb-warehouse.js";
import { DataRefusedError } from "../../src/errors.js";
import { findPackageRoot } from "../../src/package-root.js";
import type {
  ColumnCounts,
  ColumnSums,
  LedgerRow,
  ReplaceHour,
  Warehouse,
} from "../../src/ports/warehouse.js";
import { createBigQueryDataset } from "../contract/bigquery-dataset.js";
import { queryDuckDb } from "../contract/query-duckdb.js";
import { catchError } from "../contract/warehouse.js";
import { scalar } from "../load/stage-hour.js";
import { describeWithServers } from "../servers/shared-servers.js";

interface Place {
  readonly warehouse: Warehouse;
  query(sql: string): Promise<Record<string, unknown>[]>;
  dispose(): Promise<void>;
}

const idField = scalar("id", "INTEGER");
const none = { nulls: 0, missing: 0, zeros: 0, empties: 0 };

function counted(
  column: string,
  records: number,
  others: Partial<ColumnCounts> = {},
): ColumnCounts {
  return { column, records, ...none, ...others };
}

function sums(
  column: string,
  hours: number,
  records: number,
  others: Partial<ColumnCounts> = {},
): ColumnSums {
  return { ...counted(column, records, others), hours };
}

function testColumnSums(name: string, open: () => Promise<Place>): void {
  describe(`${name} as what keeps column counts`, () => {
    let place: Place;
    let temps = 0;

    beforeEach(async () => {
      place = await open();
      await place.warehouse.ensureTable({
        table: "t",
        fields: [scalar("folder_hour", "TIMESTAMP"), idField],
        partitionBy: "day",
      });
    });
    afterEach(async () => {
      await place.warehouse.close();
      await place.dispose();
    });

    /** One load of one row. */
    async function loadOnce(
      columnCounts: readonly ColumnCounts[] | null,
      ledger: Partial<LedgerRow> = {},
      sql: string | null = null,
    ) {
      const { warehouse } = place;
      const temp = `t_TEMP_${(temps += 1)}`;
      const folderHour = ledger.folderHour ?? "2026-11-21T03";
      const bytes = Buffer.from('{"id":1}\n');
      async function* body(): AsyncGenerator<Uint8Array> {
        yield await Promise.resolve(bytes);
      }
      await warehouse.createTemp(temp, [idField]);
      await warehouse.loadTemp({
        temp,
        logType: "t",
        folderHour,
        run: "run",
        fields: [idField],
        sources: [
          {
            key: "t/a.ndjson",
            uri: "memory:t/a.ndjson",
            rows: 1,
            sizeBytes: bytes.length,
            open: () => Promise.resolve(body()),
          },
        ],
        jobId: `load_${temp}`,
        timeFormats: new Map(),
      });
      const at = new Date("2026-11-21T04:10:00Z");
      const seq = ledger.seq ?? 1;
      const replacement: ReplaceHour = {
        table: "t",
        temp,
        columns: [
          {
            source: "id",
            target: "id",
            conversion:
              sql === null
                ? { kind: "copy" }
                : { kind: "sql", expression: sql },
          },
        ],
        ledger: {
          logType: "t",
          folderHour,
          seq,
          rowsLoaded: 1,
          rowsSetAside: 0,
          bytes: 9,
          manifest: "_manifests/x.json",
          schemaHash: "sha256:0",
          jobId: temp,
          run: "run",
          startedAt: at,
          finishedAt: at,
          ...ledger,
        },
        hour: {
          folderHour,
          seq,
          run: "run",
          lines: 1,
          blank: 0,
          setAside: 0,
          setAsideReasons: {},
          unknownTypes: {},
          finishedAt: at,
        },
        ...(columnCounts === null ? {} : { columnCounts }),
      };
      return warehouse.replaceHour(replacement);
    }

    const readDay = (type = "t") =>
      place.warehouse.readColumnSums(type, "2026-11-21T00", "2026-11-21T23");

    it("has none where nothing was ever counted, and makes no table for that", async () => {
      expect(await readDay()).to.deep.equal([]);
      await loadOnce(null);
      expect(await readDay()).to.deep.equal([]);
    });

    it("adds up the hours of one type, both ends included", async () => {
      await loadOnce(null);
      const a = counted("a", 5, { nulls: 1, missing: 2, zeros: 1, empties: 1 });
      for (const hour of ["2026-11-21T00", "2026-11-21T23"])
        await loadOnce([a, counted("r.b", 3)], { folderHour: hour });
      for (const hour of ["2026-11-20T23", "2026-11-22T00"])
        await loadOnce([a], { folderHour: hour });
      await loadOnce([a], { logType: "other" });
      await loadOnce([counted("c", 4)], { folderHour: "2026-11-21T07" });
      expect(await readDay()).to.deep.equal([
        sums("a", 2, 10, { nulls: 2, missing: 4, zeros: 2, empties: 2 }),
        sums("c", 1, 4),
        sums("r.b", 2, 6),
      ]);
    });

    it("shows those of the newest load of an hour: again, of a newer classification, by another schema, or of none", async () => {
      await loadOnce([counted("a", 1), counted("old", 1)]);
      await loadOnce([counted("a", 2)], {
        finishedAt: new Date("2026-11-21T04:11:00Z"),
      });
      expect(await readDay()).to.deep.equal([sums("a", 1, 2)]);
      await loadOnce([counted("a", 3)], { seq: 2 });
      expect(await loadOnce([counted("a", 1_000)], { seq: 1 })).to.equal(
        "superseded",
      );
      expect(await readDay()).to.deep.equal([sums("a", 1, 3)]);
      expect(
        await place.query(
          "SELECT seq, column_name, records FROM _sluice_columns_current",
        ),
      ).to.deep.equal([{ seq: "2", column_name: "a", records: "3" }]);
      await loadOnce(null, { seq: 3 });
      expect(await readDay()).to.deep.equal([]);
    });

    it("makes the view again that a kill left unmade", async () => {
      await loadOnce([counted("a", 1)]);
      await place.query("DROP VIEW _sluice_columns_current");
      await loadOnce([counted("a", 2)], { seq: 2 });
      const view = "SELECT records FROM _sluice_columns_current";
      expect(await place.query(view)).to.deep.equal([{ records: "2" }]);
    });

    it("counts a load once whose ledger row came in twice", async () => {
      await loadOnce([counted("a", 2)], { jobId: "same" });
      await loadOnce([counted("a", 2)], { jobId: "same" });
      expect(await readDay()).to.deep.equal([sums("a", 1, 2)]);
    });

    it("keeps none of a transaction that fails", async () => {
      await loadOnce([counted("a", 1)]);
      const failure = await catchError(() =>
        loadOnce([counted("a", 9)], { seq: 2 }, "id + CAST('x' AS BIGINT)"),
      );
      expect(failure).to.be.instanceOf(DataRefusedError);
      expect(await readDay()).to.deep.equal([sums("a", 1, 1)]);
      const rows = await place.query("SELECT records FROM _sluice_columns");
      expect(rows).to.deep.equal([{ records: "1" }]);
    });

    it("answers the query of the docs", async () => {
      const docs = await readFile(
        join(findPackageRoot(), "docs", "schemas.md"),
        "utf8",
      );
      const [, section = ""] = docs.split("## Null is not 0\n");
      const [, sql = ""] = /```sql\n(.*?)```/s.exec(section) ?? [];
      const logType = "purchase";
      const days = [
        ["2026-11-14T00", 1, 4],
        ["2026-11-14T23", 1, 0],
        ["2026-11-13T23", 9, 9],
        ["2026-11-21T00", 3, 0],
        ["2026-11-21T23", 2, 0],
        ["2026-11-22T00", 9, 9],
      ] as const;
      for (const [folderHour, nulls, zeros] of days)
        await loadOnce(
          [counted("a", 10, { nulls, missing: 1, zeros }), counted("b", 10)],
          { logType, folderHour },
        );
      expect(await place.query(sql)).to.deep.equal([
        {
          column_name: "a",
          null_before: 0.2,
          null_after: 0.35,
          zero_before: 0.2,
          zero_after: 0,
        },
        {
          column_name: "b",
          null_before: 0,
          null_after: 0,
          zero_before: 0,
          zero_after: 0,
        },
      ]);
    });

    it("keeps those of loads that run at once", async () => {
      const seqs = [1, 2, 3];
      await Promise.all(
        seqs.map((seq) => loadOnce([counted("a", seq)], { seq })),
      );
      expect(await readDay()).to.deep.equal([sums("a", 1, 3)]);
    });

    it("takes thousands of columns of any name, numbers past 2^31 and hostile types", async () => {
      const columns = Array.from({ length: 3_000 }, (_, index) =>
        counted(`c${String(index).padStart(4, "0")}`, 2 ** 40 + index),
      );
      const hostile = `x'"]}\\; DROP TABLE t; --`;
      const logType = `t'); --`;
      await loadOnce([counted(hostile, 7), ...columns], { logType });
      const found = await readDay(logType);
      expect(found).to.have.length(3_001);
      expect(found.find(({ column }) => column === hostile)?.records).to.equal(
        7,
      );
      expect(found.find(({ column }) => column === "c2999")).to.deep.equal(
        sums("c2999", 1, 2 ** 40 + 2_999),
      );
    });
  });
}

testColumnSums("a DuckDB file", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-columns-"));
  const file = join(directory, "w.duckdb");
  return {
    warehouse: new DuckDbWarehouse(file),
    query: (sql) => queryDuckDb(file, sql),
    dispose: () => rm(directory, { recursive: true }),
  };
});

describeWithServers(
  "BigQuery's stand-in with column counts",
  function (servers) {
    this.timeout(180_000);
    testColumnSums("a BigQuery dataset", async () => {
      const server = await servers.bigQuery();
      const dataset = await createBigQueryDataset(server);
      return {
        warehouse: new BigQueryWarehouse({
          project: server.project,
          dataset: dataset.name,
          location: undefined,
          endpoint: server.endpoint,
          wait: () => new Promise((resolve) => setTimeout(resolve, 20)),
        }),
        query: (sql) => dataset.query(sql),
        dispose: () => Promise.resolve(),
      };
    });
  },
);
