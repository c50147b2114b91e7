import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Catalog } from "../catalog/catalog.js";
import { decodeText } from "../catalog/decode-text.js";
import { tableSchemaFile } from "../catalog/table-schema-file.js";
import { UsageError } from "../errors.js";
import { parseTableSchema } from "../schema/read-table-schema.js";
import type { TableField } from "../schema/table-field.js";

/** Where the type's schema file belongs, named from where the catalog was named. */
export function schemaFileOf(catalog: Pick<Catalog, "file">, type: string) {
  return join(dirname(catalog.file), tableSchemaFile(type));
}

/** The columns of a schema file. Throws CatalogError with its problems, UsageError where it can't be read. */
export async function readSchemaFile(file: string): Promise<TableField[]> {
  const fields = await findSchemaFile(file);
  if (fields !== null) return fields;
  throw new UsageError(
    `${file}: there is no such file; expected BigQuery's schema, as bq show --schema prints it`,
  );
}

/** The same; null where there is no such file. */
export async function findSchemaFile(
  file: string,
): Promise<TableField[] | null> {
  try {
    return parseTableSchema(decodeText(await readFile(file), file), file);
  } catch (error) {
    const code =
      error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") return null;
    if (typeof code !== "string" || error instanceof UsageError) throw error;
    if (!("syscall" in (error as object))) throw error;
    throw new UsageError(`${file}: can't be read (${String(error)})`, {
      cause: error,
    });
  }
}
