import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { readCatalog } from "../../src/catalog/read-catalog.js";
import { readTypeSchema } from "../../src/catalog/read-type-schema.js";
import { findPackageRoot } from "../../src/package-root.js";
import { createRandom } from "../../src/sample/random.js";
import { makeSampleRow } from "../../src/sample/sample-row.js";

const firstTimeMs = Date.parse("2026-11-21T03:00:00Z");

/** Writes made-up rows of one of the shop's types; resolves to their number. */
export async function writeRows(
  file: string,
  typeName: string,
  sizeBytes: number,
): Promise<number> {
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
  for (let written = 0; written < sizeBytes; rows += 1) {
    const timeMs = firstTimeMs + (rows % 3_600_000);
    const line = `${makeSampleRow(sampleType, catalog.typeKey, timeMs, random)}\n`;
    written += Buffer.byteLength(line);
    if (!output.write(line)) await once(output, "drain");
  }
  output.end();
  await once(output, "finish");
  return rows;
}
