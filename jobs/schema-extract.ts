import { DataRefusedError, NotReadyError } from "../src/errors.js";
import type { Warehouse } from "../src/ports/warehouse.js";
import { formatSchema } from "../src/schema/format-schema.js";
import {
  reverseOrigin,
  type ReversibleRule,
} from "../src/schema/reverse-origin.js";
import type { TableField } from "../src/schema/table-field.js";

export interface SchemaExtractOptions {
  readonly table: string;
  /** The catalog's column rules, by the schema file's column. */
  readonly rules: ReadonlyMap<string, ReversibleRule>;
  /** The type's schema file as it is; null where there is none. */
  readonly pinned: readonly TableField[] | null;
}

/** Printed as it is by `--json`. */
export interface SchemaExtractResult {
  readonly table: string;
  /** BigQuery's schema file. */
  readonly schema: string;
  /** What the table can't tell, a sentence each. */
  readonly notes: readonly string[];
}

/** Makes a schema file of a standing table. Throws NotReadyError where there is none. */
export async function schemaExtract(
  options: SchemaExtractOptions,
  ports: { readonly warehouse: Warehouse },
): Promise<SchemaExtractResult> {
  const { table, rules, pinned } = options;
  const found = await ports.warehouse.describeTable(table);
  if (found === null) {
    throw new NotReadyError(
      `${ports.warehouse.url} has no table ${table}: the first load makes it`,
    );
  }
  const { fields, notes } = reverseOrigin(found, rules, pinned);
  if (fields.length === 0)
    throw new DataRefusedError(
      `${ports.warehouse.url}: ${table} has no column but folder_hour`,
    );
  return { table, schema: formatSchema(fields), notes };
}
