import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { readCatalog } from "../../src/catalog/read-catalog.js";
import { readTypeSchema } from "../../src/catalog/read-type-schema.js";
import { findPackageRoot } from "../../src/package-root.js";
import { createRandom } from "../../src/sample/random.js";
import { makeSampleRow } from "../../src/sample/sample-row.js";

const firstTimeMs = Date.parse("2026-11-21T03:00:00Z");

/** Writes made-up rows of one of the shop's types until there are so many, or so many bytes; resolves to their number. */
export async function writeRows(
  file: string,
  typeName: string,
  end: { readonly rows: number } | { readonly sizeBytes: number },
  change: (line: string, row: number) => string = (line) => line,
): Promise<number> {
  const isDone = (written: number, rows: number) =>
    "rows" in end ? rows >= end.rows : written >= end.sizeBytes;
  const catalog = await readCatalog(join(findPackageRoot(), "catalog.yaml"));
  const type = catalog.types.get(typeName);
  if (type === undefined) throw new Error(`${typeName}: no type of the shop`);
  const sampleType = {
    name: type.name,
    fields: await readTypeSchema(catalog, type),
    columns: type.columns,
    weight: 1,
  };
  const random = createRandom(1);
  const output = createWriteStream(file);
  let rows = 0;
  for (let written = 0; !isDone(written, rows); rows += 1) {
    const timeMs = firstTimeMs + (rows % 3_600_000);
    const row = makeSampleRow(sampleType, catalog.typeKey, timeMs, random);
    const line = `${change(row, rows)}\n`;
    written += Buffer.byteLength(line);
    if (!output.write(line)) await once(output, "drain");
  }
  output.end();
  await once(output, "finish");
  return rows;
}
