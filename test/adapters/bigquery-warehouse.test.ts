import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { unreadableTimeSql } from "../../src/adapters/bigquery-conversions.js";
import { BigQueryWarehouse } from "../../src/adapters/bigquery-warehouse.js";
import { ServiceError } from "../../src/errors.js";
import type {
  LoadSource,
  OriginTable,
  ReplaceHour,
  TimeFormat,
} from "../../src/ports/warehouse.js";
import { compileRowJudge } from "../../src/schema/judge-row.js";
import type { FieldType, TableField } from "../../src/schema/table-field.js";
import {
  createBigQueryDataset,
  type BigQueryDataset,
} from "../contract/bigquery-dataset.js";
import {
  catchError,
  testWarehouse,
  type WarehouseFixture,
} from "../contract/warehouse.js";
import type { BigQueryServer } from "../servers/bigquery-server.js";
import {
  startFaultProxy,
  type Fault,
  type FaultProxy,
} from "../servers/fault-proxy.js";
import { describeWithServers } from "../servers/shared-servers.js";

function column(name: string, type: FieldType): TableField {
  return { name, type, mode: "NULLABLE", fields: [] };
}

const idField = column("id", "INTEGER");
const originFields = [column("folder_hour", "TIMESTAMP"), idField];
const hour = "2026-11-21T03";

function makeSource(
  key: string,
  uri: string,
  blocks: readonly Uint8Array[],
): LoadSource {
  async function* body(): AsyncGenerator<Uint8Array> {
    for (const block of blocks) yield await Promise.resolve(block);
  }
  const sizeBytes = blocks.reduce((sum, { length }) => sum + length, 0);
  return { key, uri, rows: 0, sizeBytes, open: () => Promise.resolve(body()) };
}

function replacement(table: string, temp: string, seq = 1): ReplaceHour {
  const at = new Date("2026-11-21T04:10:00Z");
  return {
    table,
    temp,
    columns: [{ source: "id", target: "id", conversion: { kind: "copy" } }],
    ledger: {
      logType: table,
      folderHour: hour,
      seq,
      rowsLoaded: 1,
      rowsSetAside: 0,
      bytes: 10,
      manifest: "_manifests/2026/11/21/03.json",
      schemaHash: "sha256:0",
      jobId: "job",
      run: "run",
      startedAt: at,
      finishedAt: at,
    },
    hour: {
      folderHour: hour,
      seq,
      run: "run",
      lines: 1,
      blank: 0,
      setAside: 0,
      setAsideReasons: {},
      unknownTypes: {},
      finishedAt: at,
    },
  };
}

describeWithServers("BigQuery's stand-in", function (servers) {
  // Scripts take the stand-in seconds where other suites keep the machine busy.
  this.timeout(180_000);

  testWarehouse("a BigQuery dataset", async (): Promise<WarehouseFixture> => {
    const server = await servers.bigQuery();
    const dataset = await createBigQueryDataset(server);
    return {
      warehouse: openWarehouse(server, dataset),
      readRows: async (table) => {
        const rows = await dataset.query(`SELECT * FROM \`${table}\``);
        return rows.sort(compareRows);
      },
      tableNames: () => dataset.tableNames(),
      dispose: () => Promise.resolve(),
    };
  });

  describe("a BigQuery dataset beside the port's promises", () => {
    let server: BigQueryServer;
    let dataset: BigQueryDataset;
    let warehouse: BigQueryWarehouse;
    let proxy: FaultProxy | null = null;

    beforeEach(async () => {
      server = await servers.bigQuery();
      dataset = await createBigQueryDataset(server);
      warehouse = openWarehouse(server, dataset);
    });
    afterEach(async () => {
      await proxy?.stop();
      proxy = null;
    });

    async function loadRows(
      target: BigQueryWarehouse,
      temp: string,
      ids: readonly number[],
    ): Promise<void> {
      await target.createTemp(temp, [idField]);
      const text = ids.map((id) => `{"id":${id}}\n`).join("");
      await loadSources(target, temp, [
        makeSource("a", "memory:a", [Buffer.from(text)]),
      ]);
    }

    async function loadSources(
      target: BigQueryWarehouse,
      temp: string,
      sources: readonly LoadSource[],
      fields = [idField],
    ): Promise<number> {
      return target.loadTemp({
        temp,
        logType: "orders",
        folderHour: hour,
        run: "run",
        fields,
        sources,
        jobId: `job_${dataset.name}_${temp}`,
        timeFormats: new Map(),
      });
    }

    it("lays a new table out as asked, by folder_hour first", async () => {
      await warehouse.ensureTable({
        table: "orders",
        fields: originFields,
        partitionBy: "day",
        clusterBy: ["id"],
        expirationDays: 90,
        requirePartitionFilter: true,
        description: "All orders",
        labels: { team: "data" },
      });
      const table = await dataset.describe("orders");
      expect(table.timePartitioning).to.deep.include({
        type: "DAY",
        field: "folder_hour",
        expirationMs: "7776000000",
      });
      expect(table.clustering).to.deep.equal({ fields: ["folder_hour", "id"] });
      expect(table.requirePartitionFilter).to.equal(true);
      expect(table.description).to.equal("All orders");
      expect(table.labels).to.deep.equal({ team: "data" });
      await warehouse.ensureTable({
        table: "hourly",
        fields: originFields,
        partitionBy: "hour",
      });
      const hourly = await dataset.describe("hourly");
      expect(hourly.timePartitioning?.type).to.equal("HOUR");
      expect(hourly.clustering).to.equal(undefined);
    });

    it("leaves a table of another layout as it is, and says what its DELETE will cost", async () => {
      const standing: OriginTable = {
        table: "t",
        fields: originFields,
        partitionBy: "none",
      };
      const find = async (
        table: string,
        found: Partial<OriginTable>,
        wanted: Partial<OriginTable>,
      ) => {
        await warehouse.ensureTable({ ...standing, ...found, table });
        return warehouse.ensureTable({ ...standing, ...wanted, table });
      };
      const [scan, clustering] = await find(
        "plain",
        {},
        { partitionBy: "day" },
      );
      expect(scan).to.include("plain is not partitioned");
      expect(scan).to.include("reads and bills the whole table, 0 bytes now");
      expect(clustering).to.include("is clustered by nothing");
      const [monthly] = await find(
        "monthly",
        { partitionBy: "month" },
        { partitionBy: "hour" },
      );
      expect(monthly).to.include("partitioned by month of folder_hour");
      expect(monthly).to.include("reads and bills the month of its hour");
      const [expiry, ...others] = await find(
        "kept",
        { partitionBy: "hour", expirationDays: 30 },
        { partitionBy: "hour" },
      );
      expect(expiry).to.include("30 days, and the catalog says for ever");
      expect(others).to.deep.equal([]);
    });

    it("replaces and counts an hour of a table that requires a partition filter", async () => {
      await warehouse.ensureTable({
        table: "strict",
        fields: originFields,
        partitionBy: "day",
        requirePartitionFilter: true,
      });
      expect(
        await catchError(() => dataset.query("SELECT * FROM strict")),
      ).to.match(/without a filter/);
      for (const temp of ["strict_TEMP_1", "strict_TEMP_2"]) {
        await loadRows(warehouse, temp, [1]);
        await warehouse.replaceHour(replacement("strict", temp));
      }
      expect(await warehouse.countRows("strict", hour)).to.equal(1);
    });

    it("changes nothing where TEMP holds other rows than were counted when it was loaded", async () => {
      await warehouse.ensureTable({
        table: "more",
        fields: originFields,
        partitionBy: "day",
      });
      await loadRows(warehouse, "more_TEMP_1", [1, 2]);
      const error = await catchError(() =>
        warehouse.replaceHour(replacement("more", "more_TEMP_1")),
      );
      expect(error).to.be.instanceOf(ServiceError);
      expect(String(error)).to.include(
        "does not hold the 1 rows that were loaded",
      );
      expect(await warehouse.countRows("more", hour)).to.equal(0);
      expect(await warehouse.readLedger(hour, hour)).to.deep.equal([]);
    });

    it("lets a TEMP table go away within a day, and takes its own where the answer was lost", async () => {
      let lost = 0;
      proxy = await startFaultProxy({
        target: server.endpoint,
        decide: ({ method }) => {
          if (method !== "POST" || lost > 0) return null;
          lost += 1;
          return { kind: "lose-answer" };
        },
      });
      const through = openWarehouse({ ...server, ...proxy }, dataset);
      await through.createTemp("orders_TEMP_1", [idField]);
      expect(lost).to.equal(1);
      const { expirationTime } = await dataset.describe("orders_TEMP_1");
      const hoursLeft = (Number(expirationTime) - Date.now()) / 3_600_000;
      expect(hoursLeft).to.be.within(23, 24);
      const other = await catchError(() =>
        warehouse.createTemp("orders_TEMP_1", [column("other", "STRING")]),
      );
      expect(String(other)).to.include("with other columns");
    });

    it("lets BigQuery read gs:// by itself, in batches, gzip apart from plain", async () => {
      const { directory } = await servers.gcs();
      await mkdir(join(directory, dataset.name), { recursive: true });
      const files = ["1.ndjson", "2.ndjson.gz", "3.ndjson", "4.ndjson", "5"];
      const sources: LoadSource[] = [];
      for (const [index, file] of files.entries()) {
        const text = index === 4 ? "" : `{"id":${index}}\n{"id":1${index}}\n`;
        const bytes = file.endsWith(".gz") ? gzipSync(text) : Buffer.from(text);
        await writeFile(join(directory, dataset.name, file), bytes);
        sources.push({
          ...makeSource(file, `gs://${dataset.name}/${file}`, []),
          open: () => Promise.reject(new Error("it was read by us")),
        });
      }
      await warehouse.createTemp("orders_TEMP_1", [idField]);
      const batching = openWarehouse(server, dataset, { mostUris: 2 });
      expect(await loadSources(batching, "orders_TEMP_1", sources)).to.equal(8);
      const rows = await dataset.query(
        "SELECT id FROM orders_TEMP_1 ORDER BY id",
      );
      expect(rows.map(({ id }) => id)).to.deep.equal([
        "0",
        "1",
        "2",
        "3",
        "10",
        "11",
        "12",
        "13",
      ]);
      expect(await loadSources(batching, "orders_TEMP_1", sources)).to.equal(8);
    });

    it("uploads in chunks, each byte once, while answers are lost and connections break", async () => {
      const rows = 60_000;
      const lines = Array.from(
        { length: rows },
        (_, id) => `{"id":${id},"s":"${"x".repeat(20)}"}\n`,
      );
      const text = Buffer.from(lines.join(""));
      const blocks: Buffer[] = [];
      for (let at = 0; at < text.length; at += 50_001)
        blocks.push(text.subarray(at, at + 50_001));
      const faults: Readonly<Record<number, Fault>> = {
        2: { kind: "lose-answer" },
        4: { kind: "reset" },
        6: { kind: "answer", status: 503 },
        8: { kind: "truncate", afterBytes: 0 },
      };
      let chunks = 0;
      let lastLost = false;
      proxy = await startFaultProxy({
        target: server.endpoint,
        decide: ({ method, headers }) => {
          if (method !== "PUT") return null;
          const range = String(headers["content-range"]);
          if (range.startsWith("bytes */")) return null;
          if (!range.endsWith("/*") && !lastLost) {
            lastLost = true;
            return { kind: "lose-answer" };
          }
          chunks += 1;
          return faults[chunks] ?? null;
        },
      });
      const through = openWarehouse({ ...server, ...proxy }, dataset, {
        uploadChunkBytes: 256 * 1024,
      });
      const fields = [idField, column("s", "STRING")];
      await through.createTemp("up_TEMP_1", fields);
      const loaded = await loadSources(
        through,
        "up_TEMP_1",
        [makeSource("up", "memory:up", blocks)],
        fields,
      );
      expect(loaded).to.equal(rows);
      expect(lastLost).to.equal(true);
      expect(chunks).to.be.greaterThan(8);
      const [sums] = await dataset.query(
        "SELECT COUNT(DISTINCT id) AS ids, SUM(id) AS total FROM up_TEMP_1",
      );
      expect(sums).to.deep.equal({
        ids: String(rows),
        total: String((rows * (rows - 1)) / 2),
      });
    });

    it("commits once when the answer to the whole transaction is lost", async () => {
      await warehouse.ensureTable({
        table: "once",
        fields: originFields,
        partitionBy: "day",
      });
      await loadRows(warehouse, "once_TEMP_1", [1]);
      await warehouse.replaceHour(replacement("once", "once_TEMP_1"));
      let lost = 0;
      proxy = await startFaultProxy({
        target: server.endpoint,
        decide: ({ method, path }) => {
          if (method !== "POST" || !/\/jobs\?/.test(path) || lost > 0)
            return null;
          lost += 1;
          return { kind: "lose-answer" };
        },
      });
      const through = openWarehouse({ ...server, ...proxy }, dataset);
      expect(
        await through.replaceHour(replacement("once", "once_TEMP_1", 2)),
      ).to.equal("replaced");
      expect(lost).to.equal(1);
      const ledger = await dataset.query(
        "SELECT seq FROM _sluice_loads ORDER BY seq",
      );
      expect(ledger.map(({ seq }) => seq)).to.deep.equal(["1", "2"]);
    });

    it("is made ready by several processes at once", async () => {
      const tables = ["one", "two", "three"];
      await Promise.all(
        tables.map(async (table) => {
          const own = openWarehouse(server, dataset);
          await own.ensureTable({
            table,
            fields: originFields,
            partitionBy: "day",
          });
          await loadRows(own, `${table}_TEMP_1`, [1]);
          await own.replaceHour(replacement(table, `${table}_TEMP_1`));
        }),
      );
      expect(await warehouse.readLedger(hour, hour)).to.have.length(3);
      for (const table of tables) {
        const fence = await dataset.query(
          `SELECT COUNT(*) AS n FROM _sluice_fence_${table}`,
        );
        expect(fence).to.deep.equal([{ n: "1" }]);
      }
      const hours = await dataset.query(
        "SELECT COUNT(*) AS n FROM _sluice_hours_current",
      );
      expect(hours).to.deep.equal([{ n: "1" }]);
    });

    it("takes and refuses the same times as the rows' judge", async () => {
      const texts: Readonly<Record<TimeFormat, readonly string[]>> = {
        iso8601: [
          "2026-11-21",
          "2026-11-21T03:04",
          "2026-11-21 03:04:05.1234567+0900",
          "2026-11-21t03:04:05z",
          "2026-11-21T03:04-03",
          "2026-11-21T24:00",
          "2026-02-30",
          "2026-1-2",
          "2026-11-21T03:04:05 Asia/Seoul",
          "20261121",
          "soon",
          "",
        ],
        epoch_seconds: [
          "0",
          "-1.5",
          "1e9",
          "253402300799.9999994",
          "253402300799.9999996",
          "-62135596800",
          "-62135596801",
        ],
        epoch_millis: ["1700000000123", " 5", "0x10", "253402300800000", "x"],
        epoch_micros: ["253402300799999999", "253402300800000000", "1e40", "."],
      };
      for (const [format, values] of Object.entries(texts)) {
        const field = column("at", "STRING");
        const timeFormat = format as TimeFormat;
        const judge = compileRowJudge([field], new Map([["at", timeFormat]]));
        const refused = values.filter(
          (at) => "misfits" in judge(JSON.stringify({ at })),
        );
        await warehouse.createTemp(format, [field]);
        const rows = values.map((value) => `('${value}')`);
        await dataset.query(
          `INSERT INTO ${format} (at) VALUES ${rows.join(", ")}`,
        );
        const found = await dataset.query(
          `SELECT at FROM ${format} WHERE ${unreadableTimeSql(timeFormat, field)}`,
        );
        expect(found.map(({ at }) => at).sort()).to.deep.equal(refused.sort());
        expect(refused, format).not.to.have.length(0);
        expect(refused, format).not.to.have.length(values.length);
      }
    });
  });
});

function openWarehouse(
  server: { readonly project: string; readonly endpoint: string },
  dataset: BigQueryDataset,
  options: {
    readonly mostUris?: number;
    readonly uploadChunkBytes?: number;
  } = {},
): BigQueryWarehouse {
  const { project, endpoint } = server;
  return new BigQueryWarehouse({
    project,
    dataset: dataset.name,
    location: undefined,
    endpoint,
    retryDelayMs: 20,
    ...options,
  });
}

/** By the first column that differs, numbers by their size. */
function compareRows(
  one: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>>,
): number {
  for (const [name, value] of Object.entries(one)) {
    const [first, second] = [
      JSON.stringify(value),
      JSON.stringify(other[name]),
    ];
    if (first === second) continue;
    const difference = Number(value) - Number(other[name]);
    return difference || (first < second ? -1 : 1);
  }
  return 0;
}
