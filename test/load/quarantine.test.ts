import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { DuckDbWarehouse } from "../../src/adapters/duckdb-warehouse.js";
import { FileObjectStore } from "../../src/adapters/file-object-store.js";
import type { LogType } from "../../src/catalog/catalog.js";
import { AccessError, MisfitError, ServiceError } from "../../src/errors.js";
import { listSetAside } from "../../src/load/list-set-aside.js";
import { loadHour, type LoadHourPorts } from "../../src/load/load-hour.js";
import type { QuarantinedRow } from "../../src/load/set-aside-rows.js";
import type { ReplaceHour, Warehouse } from "../../src/ports/warehouse.js";
import type { TableField } from "../../src/schema/table-field.js";
import { queryDuckDb } from "../contract/query-duckdb.js";
import { catchError } from "../contract/warehouse.js";
import { hour, logType, scalar, stageHour } from "./stage-hour.js";

const fields: readonly TableField[] = [
  scalar("id", "INTEGER", "REQUIRED"),
  scalar("name", "STRING"),
  scalar("at", "INTEGER"),
  {
    name: "items",
    type: "RECORD",
    mode: "REPEATED",
    fields: [scalar("price", "NUMERIC"), scalar("tags", "STRING", "REPEATED")],
  },
];

function quarantined(maxBad: number): LogType {
  const type = logType("purchase", {
    at: { from: "epoch_millis", to: "timestamp" },
  });
  return { ...type, onBadRow: "quarantine", maxBad };
}

/** Some fit, some do not, in each way that a row can. */
const mixed: readonly string[] = [
  '{"id":1,"name":"ok"}',
  '{ "id" : 2.0 , "name":"sp\\u00e4ce" }',
  '{"id":"x"}',
  '{"name":"no id"}',
  '{"id":3,"items":[{"price":1.5,"tags":["a"]}]}',
  '{"id":4,"items":[{"price":1.5},{"price":"12,5"}]}',
  '{"id":5,"items":[{"tags":[null]}]}',
  '{"id":6,"items":{"price":1}}',
  '{"id":7,"Name":"case"}',
  '{"id":8,"name":"twice","NAME":"again"}',
  '{"id":9,"unknown":1,"other":2}',
  '{"id":10,"name":"0\\u0000 \u{1F600} \\"quoted\\" \\\\"}',
  '{"id":11,"name":{"not":"text"},"é\u{1F600}":"\\ud83d"}',
  '{"id":12,"at":1700000000123}',
  '{"id":13,"at":9223372036854775807}',
  '{"id":14}',
];

describe("rows that do not fit, set aside", function () {
  this.timeout(600_000);
  let directory: string;
  let stage: FileObjectStore;
  let file: string;
  let warehouse: DuckDbWarehouse;
  let warned: { fields: object; message: string }[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "sluice-quarantine-"));
    stage = new FileObjectStore(join(directory, "stage"));
    file = join(directory, "w.duckdb");
    warehouse = new DuckDbWarehouse(file);
    warned = [];
  });
  afterEach(async () => {
    await warehouse.close();
    await rm(directory, { recursive: true });
  });

  const ports = (changes: Partial<LoadHourPorts> = {}): LoadHourPorts => ({
    stage,
    warehouse,
    clock: () => new Date("2026-11-21T04:30:00Z"),
    log: { warn: (about, message) => warned.push({ fields: about, message }) },
    ...changes,
  });
  const load = (
    type: LogType,
    schema = fields,
    changes: Partial<LoadHourPorts> = {},
  ) =>
    loadHour({ type, hour, fields: schema, timezone: "UTC" }, ports(changes));
  const readTable = () =>
    queryDuckDb(file, "SELECT * FROM purchase ORDER BY ALL");
  const stageRows = (
    files: readonly (readonly string[])[],
    options: { readonly seq?: number; readonly gzip?: boolean } = {},
  ) =>
    stageHour(stage, options.seq ?? 1, [
      { name: "purchase", files, gzip: options.gzip ?? false },
    ]);

  async function listFiles(): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of stage.list("_quarantine/")) keys.push(key);
    return keys;
  }
  async function readSetAside(): Promise<QuarantinedRow[]> {
    const [key = ""] = await listFiles();
    const text = await readFile(join(directory, "stage", key), "utf8");
    return text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as QuarantinedRow);
  }
  /** A warehouse that fails around the transaction, as a kill of the process would end it there. */
  function interrupted(moment: "before" | "after"): Warehouse {
    return new Proxy(warehouse, {
      get(target, name) {
        if (name === "replaceHour")
          return async (replacement: ReplaceHour) => {
            if (moment === "after") await target.replaceHour(replacement);
            throw new ServiceError("the connection is gone");
          };
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function"
          ? (value.bind(target) as unknown)
          : value;
      },
    });
  }

  /** The rows whose load is refused where each is alone in its hour. */
  async function findRefusedAlone(rows: readonly string[]): Promise<string[]> {
    const alone = new DuckDbWarehouse(join(directory, "alone.duckdb"));
    const place = new FileObjectStore(join(directory, "alone"));
    const type: LogType = { ...quarantined(1), onBadRow: "fail" };
    const refused: string[] = [];
    for (const [index, row] of rows.entries()) {
      const files = [[row]];
      await stageHour(place, index + 1, [{ name: "purchase", files }]);
      try {
        await load(type, fields, { stage: place, warehouse: alone });
      } catch (error) {
        if (!(error instanceof MisfitError)) throw error;
        refused.push(row);
      }
    }
    await alone.close();
    return refused;
  }

  it("are those that a load of each row alone refuses, byte for byte, of plain and of gzip files", async () => {
    const refused = await findRefusedAlone(mixed);
    const fitting = mixed.filter((row) => !refused.includes(row));
    expect(refused.length).to.be.greaterThan(6);
    expect(fitting.length).to.be.greaterThan(5);

    await stageRows([fitting]);
    await load({ ...quarantined(1), onBadRow: "fail" });
    const clean = await readTable();

    for (const [index, gzip] of [false, true].entries()) {
      await stageRows([mixed.slice(0, 7), mixed.slice(7)], {
        seq: index + 2,
        gzip,
      });
      const result = await load(quarantined(1));

      expect(result).to.include({
        rows_loaded: fitting.length,
        rows_set_aside: refused.length,
        outcome: "replaced",
      });
      expect(await readTable()).to.deep.equal(clean);
      const aside = await readSetAside();
      expect(aside.map(({ row }) => row)).to.deep.equal(refused);
      for (const { source, line, offset, row, misfits } of aside) {
        const rows = source.includes("-0.")
          ? mixed.slice(0, 7)
          : mixed.slice(7);
        const plain = Buffer.from(rows.map((each) => `${each}\n`).join(""));
        expect(rows[line - 1]).to.equal(row);
        const { length } = Buffer.from(row);
        const there = plain.subarray(offset, offset + length).toString();
        expect(there).to.equal(row);
        expect(misfits.length).to.be.greaterThan(0);
      }
      const [ledger] = await warehouse.readLedger(hour, hour);
      expect(ledger).to.include({
        rowsLoaded: fitting.length,
        rowsSetAside: refused.length,
      });
      const [key = "", ...others] = await listFiles();
      expect(others).to.deep.equal([]);
      expect(key).to.equal(
        `_quarantine/purchase/2026/11/21/03/${ledger?.jobId ?? ""}.ndjson`,
      );
      expect(result.quarantine).to.equal(stage.uri(key));
    }
  });

  it("are told with the most frequent reasons, where each lies, and how they are loaded again", async () => {
    await stageRows([
      ['{"id":1}', '{"id":"x"}', '{"id":2,"b":1}', '{"id":"y"}'],
    ]);
    const result = await load(quarantined(1));
    expect(
      result.set_aside_reasons.map(({ column, rows }) => [column, rows]),
    ).to.deep.equal([
      ["id", 2],
      ["b", 1],
    ]);
    expect(warned).to.have.length(1);
    expect(warned[0]?.message).to.equal(
      "3 of 4 rows do not fit the schema and were set aside; mend the schema, then run: sluice replay --type purchase --hour 2026-11-21T03",
    );
    expect(warned[0]?.fields).to.include({ rows_set_aside: 3 });
    const listed = await listSetAside({ hours: [hour], types: null }, ports());
    expect(listed).to.have.length(1);
    expect(listed[0]).to.deep.include({
      rows_set_aside: 3,
      quarantine: result.quarantine,
      reasons: result.set_aside_reasons,
    });
  });

  it("are told with how many misfits are in none of the reasons that were told apart", async () => {
    const keys = Array.from({ length: 250 }, (_, index) => [`k${index}`, 1]);
    const row = JSON.stringify({ id: 1, ...Object.fromEntries(keys) });
    await stageRows([[row]]);
    const result = await load(quarantined(1));
    expect(result.set_aside_reasons).to.have.length(10);
    expect(result.set_aside_ungrouped).to.equal(50);
    expect(JSON.stringify(warned[0]?.fields)).to.include(
      "and 50 misfits of further reasons",
    );
    const listed = await listSetAside({ hours: [hour], types: null }, ports());
    expect(listed[0]?.ungrouped).to.equal(50);
  });

  const tenRows = (bad: number) =>
    Array.from({ length: 10 }, (_, row) =>
      row < bad ? `{"id":"bad ${row}"}` : `{"id":${row}}`,
    );

  it("are none where every row fits, and nothing is written", async () => {
    await stageRows([tenRows(0)]);
    const result = await load(quarantined(0.1));
    expect(result).to.include({
      rows_loaded: 10,
      rows_set_aside: 0,
      quarantine: null,
    });
    expect(await listFiles()).to.deep.equal([]);
    expect(warned).to.deep.equal([]);
  });

  it("may be all of them, where the catalog says so", async () => {
    await stageRows([tenRows(10)]);
    expect(await load(quarantined(1))).to.include({
      rows_loaded: 0,
      rows_set_aside: 10,
    });
    expect(await readTable()).to.deep.equal([]);
    expect(await readSetAside()).to.have.length(10);
  });

  it("are as many as max_bad allows, and past it the load changes nothing", async () => {
    await stageRows([tenRows(0)]);
    await load(quarantined(0.3));
    const before = await readTable();

    await stageRows([tenRows(4)], { seq: 2 });
    const error = await catchError(() => load(quarantined(0.3)));
    expect(error).to.be.instanceOf(MisfitError);
    expect((error as MisfitError).message).to.match(
      /purchase 2026-11-21T03: 4 of 10 rows do not fit.*share of 0\.400, and max_bad allows 0\.3: none was set aside/s,
    );
    expect((error as MisfitError).misfits[0]?.count).to.equal(4);
    expect(await readTable()).to.deep.equal(before);
    expect(await listFiles()).to.deep.equal([]);

    await stageRows([tenRows(3)], { seq: 3 });
    expect(await load(quarantined(0.3))).to.include({
      rows_set_aside: 3,
      rows_loaded: 7,
    });
  });

  it("still refuse the load of a type that has them fail", async () => {
    await stageRows([tenRows(1)]);
    const error = await catchError(() =>
      load({ ...quarantined(1), onBadRow: "fail" }),
    );
    expect(error).to.be.instanceOf(MisfitError);
    expect(await listFiles()).to.deep.equal([]);
  });

  it("are worked out anew by each load, whose file alone stays", async () => {
    await stageRows([tenRows(3)]);
    await load(quarantined(1));
    const [first] = await listFiles();
    await load(quarantined(1));
    const [second, ...others] = await listFiles();
    expect(others).to.deep.equal([]);
    expect(second).not.to.equal(first);

    await stageRows([tenRows(1)], { seq: 2 });
    await load(quarantined(1));
    expect(await readSetAside()).to.have.length(1);
  });

  it("are loaded once the schema was mended: the table is that of a clean load", async () => {
    const rows = [
      '{"id":1}',
      '{"id":2,"name":"n","extra":{"a":[1]}}',
      '{"id":3,"extra":null}',
    ];
    await stageRows([rows]);
    await load(quarantined(1));
    expect(await readTable()).to.have.length(1);

    const mended = [...fields, scalar("extra", "JSON")];
    expect(await load(quarantined(1), mended)).to.include({
      rows_set_aside: 0,
      rows_loaded: 3,
    });
    const replayed = await readTable();
    expect(await listFiles()).to.deep.equal([]);

    await queryDuckDb(file, "DROP TABLE purchase");
    await load({ ...quarantined(1), onBadRow: "fail" }, mended);
    expect(replayed).to.deep.equal(await readTable());
  });

  it("stay with the load that stands when another one is killed before its commit, or right after", async () => {
    await stageRows([tenRows(2)]);
    await load(quarantined(1));
    const standing = await listFiles();

    expect(
      await catchError(() =>
        load(quarantined(1), fields, { warehouse: interrupted("before") }),
      ),
    ).to.be.instanceOf(ServiceError);
    expect(await listFiles()).to.include.members(standing);
    expect(await readTable()).to.have.length(8);

    expect(
      await catchError(() =>
        load(quarantined(1), fields, { warehouse: interrupted("after") }),
      ),
    ).to.be.instanceOf(ServiceError);
    const [ledger] = await warehouse.readLedger(hour, hour);
    const files = await listFiles();
    expect(files).to.include.members(standing);
    expect(files.join()).to.include(ledger?.jobId);
    expect(standing.join()).not.to.include(ledger?.jobId);

    const result = await load(quarantined(1));
    expect(result.rows_set_aside).to.equal(2);
    expect(await readTable()).to.have.length(8);
  });

  it("leave no file once their type has them fail again, whose load may only read the stage", async () => {
    await stageRows([tenRows(2)]);
    await load(quarantined(1));
    expect(await listFiles()).to.have.length(1);
    await stageRows([tenRows(0)], { seq: 2 });
    const failing: LogType = { ...quarantined(1), onBadRow: "fail" };
    await load(failing);
    expect(await listFiles()).to.deep.equal([]);

    const unlisted = new Proxy(stage, {
      get(target, name) {
        if (name === "list")
          return () => {
            throw new AccessError("no right to list");
          };
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function"
          ? (value.bind(target) as unknown)
          : value;
      },
    });
    expect(await load(failing, fields, { stage: unlisted })).to.include({
      outcome: "replaced",
    });
  });

  it("leave no file of a load that failed before its transaction", async () => {
    await stageRows([tenRows(2)]);
    const unready = new Proxy(warehouse, {
      get(target, name) {
        if (name === "ensureTable")
          return () => Promise.reject(new ServiceError("no answer"));
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function"
          ? (value.bind(target) as unknown)
          : value;
      },
    });
    const error = await catchError(() =>
      load(quarantined(1), fields, { warehouse: unready }),
    );
    expect(String(error)).to.include("no answer");
    expect(await listFiles()).to.deep.equal([]);
  });

  it("are those of the load that stands when two run at once", async () => {
    await stageRows([tenRows(2)]);
    await Promise.all([load(quarantined(1)), load(quarantined(1))]);
    const [ledger] = await warehouse.readLedger(hour, hour);
    expect((await listFiles()).join()).to.include(ledger?.jobId);
    expect(await readTable()).to.have.length(8);
    const listed = await listSetAside({ hours: [hour], types: null }, ports());
    expect(listed[0]?.reasons?.[0]?.rows).to.equal(2);
  });

  it("leave nothing of a load that a newer classification superseded, nor of one that is refused because the ledger is ahead", async () => {
    await stageRows([tenRows(2)], { seq: 5 });
    await load(quarantined(1));
    const standing = await listFiles();
    await stageRows([tenRows(3)], { seq: 4 });
    const error = await catchError(() => load(quarantined(1)));
    expect((error as Error).message).to.include("seq 5 is loaded, but");
    expect(await listFiles()).to.deep.equal(standing);
    const fit = warehouse.ensureTable.bind(warehouse);
    warehouse.ensureTable = async (table) => {
      await stageRows([tenRows(2)], { seq: 5 });
      return fit(table);
    };
    expect(await load(quarantined(1))).to.include({
      outcome: "superseded",
      rows_set_aside: 0,
      quarantine: null,
    });
    expect(await listFiles()).to.deep.equal(standing);
  });

  it("fail the load where their file went before it could be told", async () => {
    await stageRows([tenRows(2)]);
    const deleting = new Proxy(warehouse, {
      get(target, name) {
        if (name === "replaceHour")
          return async (replacement: ReplaceHour) => {
            for (const key of await listFiles()) await stage.delete(key);
            return target.replaceHour(replacement);
          };
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function"
          ? (value.bind(target) as unknown)
          : value;
      },
    });
    const error = await catchError(() =>
      load(quarantined(1), fields, { warehouse: deleting }),
    );
    expect(error).to.be.instanceOf(ServiceError);
    expect(String(error)).to.match(/is gone.*Load again/);
  });
});
