import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { DuckDbWarehouse } from "../../src/adapters/duckdb-warehouse.js";
import { compareFields } from "../../src/load/compare-fields.js";
import { diffFields } from "../../src/schema/diff-fields.js";
import { judgeChange } from "../../src/schema/judge-change.js";
import {
  fieldTypes,
  type FieldType,
  type TableField,
} from "../../src/schema/table-field.js";
import { queryDuckDb } from "../contract/query-duckdb.js";

function field(type: FieldType, storedAs?: string): TableField {
  const x = { name: "x", type, mode: "NULLABLE", fields: [] } as const;
  return storedAs === undefined ? x : { ...x, storedAs };
}

const scalarTypes = fieldTypes.filter((type) => type !== "RECORD");

describe("what DuckDB is to run for another type", () => {
  let directory: string;
  let file: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "sluice-dialect-"));
    file = join(directory, "w.duckdb");
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function use<T>(
    task: (warehouse: DuckDbWarehouse) => Promise<T>,
  ): Promise<T> {
    const warehouse = new DuckDbWarehouse(file);
    try {
      return await task(warehouse);
    } finally {
      await warehouse.close();
    }
  }

  async function makeTable(before: TableField): Promise<void> {
    await use((warehouse) =>
      warehouse.ensureTable({
        table: "t",
        fields: [before],
        partitionBy: "none",
      }),
    );
  }

  async function describe(): Promise<readonly TableField[]> {
    return (await use((warehouse) => warehouse.describeTable("t"))) ?? [];
  }

  function adviseFor(before: TableField, after: TableField): string {
    const { dialect } = new DuckDbWarehouse(file);
    const [change] = diffFields([before], [after]);
    if (change === undefined) return expect.fail("expected a difference");
    const verdict = judgeChange(change, { name: "t", dialect });
    return verdict.do === "refuse" ? verdict.way : expect.fail(verdict.do);
  }

  for (const before of [
    "INTEGER",
    "NUMERIC",
    "BIGNUMERIC",
    "STRING",
    "JSON",
  ] as const) {
    it(`parses, and leaves a column as a load expects it, from ${before} to each other type`, async () => {
      for (const after of scalarTypes) {
        if (after === before) continue;
        await queryDuckDb(file, "DROP TABLE IF EXISTS t");
        await makeTable(field(before));
        const advice = adviseFor(field(before), field(after));
        const [alter] = /ALTER TABLE [^;]*/.exec(advice) ?? [];
        if (alter === undefined) {
          const [update] = /UPDATE .* IS NULL/.exec(advice) ?? [];
          await use((warehouse) =>
            warehouse.addColumns("t", [{ ...field(after), name: "x_2" }]),
          );
          await queryDuckDb(file, update ?? "no UPDATE");
        } else {
          await queryDuckDb(file, alter);
          const { differences } = compareFields(await describe(), [
            field(after),
          ]);
          expect(differences, `${before} to ${after}`).to.deep.equal([]);
        }
      }
    });
  }

  it("keeps each of nine decimals of an INTEGER that becomes NUMERIC", async () => {
    await makeTable(field("INTEGER"));
    await queryDuckDb(file, "INSERT INTO t VALUES (7)");
    const advice = adviseFor(field("INTEGER"), field("NUMERIC"));
    expect(advice).to.include(
      "ALTER TABLE t ALTER COLUMN x SET DATA TYPE DECIMAL(38,9); run it",
    );
    await queryDuckDb(file, /ALTER TABLE [^;]*/.exec(advice)?.[0] ?? "");
    await queryDuckDb(file, "INSERT INTO t VALUES (1.234567891)");
    expect(
      await queryDuckDb(
        file,
        "SELECT CAST(x AS VARCHAR) AS x FROM t ORDER BY t.x",
      ),
    ).to.deep.equal([{ x: "1.234567891" }, { x: "7.000000000" }]);
  });

  for (const [type, way] of [
    ["DECIMAL(18,3)", "ALTER TABLE t ALTER COLUMN x SET DATA TYPE DECIMAL"],
    ["DECIMAL(38,12)", "a column beside it"],
    ["DECIMAL(38,3)", "a column beside it"],
  ] as const) {
    it(`refuses a load of NUMERIC into ${type}, and says how it becomes DECIMAL(38,9)`, async () => {
      await queryDuckDb(file, `CREATE TABLE t (x ${type}, list ${type}[])`);
      const [found, list] = await describe();
      expect(found).to.deep.equal(field("NUMERIC", type));
      expect(list).to.deep.include({ storedAs: type, mode: "REPEATED" });
      expect(
        compareFields([field("NUMERIC", type)], [field("NUMERIC")]).differences,
      ).to.deep.equal([
        `x: NUMERIC NULLABLE in the schema file, ${type} NULLABLE in the table`,
      ]);
      const [change] = diffFields([field("NUMERIC", type)], [field("NUMERIC")]);
      expect(change?.message).to.equal(
        `x: ${type} NULLABLE, now NUMERIC NULLABLE`,
      );
      expect(adviseFor(field("NUMERIC", type), field("NUMERIC"))).to.include(
        way,
      );
    });
  }

  it("takes DECIMAL(38,9) for NUMERIC, whoever made it", async () => {
    await queryDuckDb(file, "CREATE TABLE t (x DECIMAL(38,9))");
    expect(await describe()).to.deep.equal([field("NUMERIC")]);
  });
});
