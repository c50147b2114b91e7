import type { Catalog } from "../catalog/catalog.js";
import { findType } from "../catalog/find-type.js";
import { NotReadyError } from "../errors.js";
import { shapeOrigin } from "../catalog/origin-shape.js";
import type { Warehouse } from "../ports/warehouse.js";
import type { TableField } from "../schema/table-field.js";
import { readSchemaFile, schemaFileOf } from "./read-schema-file.js";

/** The table as a type's schema file and the catalog make it. */
export interface WantedTable {
  readonly table: string;
  /** `folder_hour` included. */
  readonly fields: readonly TableField[];
  readonly schemaFile: string;
}

/** `file`: in place of the type's own schema file. */
export async function openOrigin(
  catalog: Catalog,
  name: string,
  file?: string,
): Promise<WantedTable> {
  const type = findType(catalog, name);
  const schemaFile = file ?? schemaFileOf(catalog, name);
  const { fields } = shapeOrigin(
    type,
    await readSchemaFile(schemaFile),
    catalog.timezone,
  );
  return { table: type.table, fields, schemaFile };
}

/** Throws NotReadyError where there is no such table. */
export async function describeTable(
  warehouse: Warehouse,
  table: string,
): Promise<readonly TableField[]> {
  const fields = await warehouse.describeTable(table);
  if (fields !== null) return fields;
  throw new NotReadyError(
    `${warehouse.url} has no table ${table}: the first load makes it`,
  );
}
