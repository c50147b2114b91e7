import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { findPackageRoot } from "../../src/package-root.js";
import type { TablePlace } from "./make-places.js";

/** All rows of each table, as text. */
export async function readTables(
  tables: TablePlace,
  names: readonly string[],
): Promise<Record<string, readonly string[]>> {
  const rows: Record<string, readonly string[]> = {};
  const jsonColumns = await findJsonColumns();
  for (const name of names)
    rows[name] = await tables.readRows(name, jsonColumns);
  return rows;
}

/** The first row that differs says more than all of them. */
export function expectSame(
  found: Readonly<Record<string, readonly string[]>>,
  expected: Readonly<Record<string, readonly string[]>>,
  where: string,
): void {
  for (const [table, rows] of Object.entries(expected)) {
    for (const [index, row] of rows.entries())
      expect(found[table]?.[index], `${where} ${table} row ${index}`).to.equal(
        row,
      );
    expect(found[table], `${where} ${table}`).to.have.length(rows.length);
  }
}

/** Names of the shop's columns of the type JSON; no other column has one of them. */
async function findJsonColumns(): Promise<ReadonlySet<string>> {
  const folder = join(findPackageRoot(), "schemas", "tables");
  const names = new Set<string>();
  for (const file of await readdir(folder)) {
    const fields = JSON.parse(await readFile(join(folder, file), "utf8")) as {
      readonly name: string;
      readonly type: string;
    }[];
    for (const { name, type } of fields) if (type === "JSON") names.add(name);
  }
  return names;
}
