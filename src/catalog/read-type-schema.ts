import { readFile } from "node:fs/promises";
import path from "node:path";
import { CatalogError } from "../errors.js";
import { quoteFound } from "../schema/quote-found.js";
import { parseTableSchema } from "../schema/read-table-schema.js";
import type { TableField } from "../schema/table-field.js";
import type { Catalog, LogType } from "./catalog.js";
import { decodeText } from "./decode-text.js";
import { tableSchemaFile } from "./table-schema-file.js";

/** The columns of a type's TEMP table, from its schema file. Throws CatalogError with every problem of the file. */
export async function readTypeSchema(
  catalog: Pick<Catalog, "file">,
  type: Pick<LogType, "name">,
): Promise<TableField[]> {
  const file = path.join(
    path.dirname(catalog.file),
    tableSchemaFile(type.name),
  );
  return parseTableSchema(
    decodeText(await readBytes(file, type.name), file),
    file,
  );
}

async function readBytes(file: string, type: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const isMissing =
      error instanceof Error && "code" in error && error.code === "ENOENT";
    const reason = isMissing
      ? "is missing"
      : `can't be read (${String(error)})`;
    const message = `${reason}: it holds the columns of ${quoteFound(type)}, as bq show --schema prints them; sluice schema infer makes one from sample lines`;
    throw new CatalogError([{ file, line: 1, column: 1, path: "", message }]);
  }
}
