import type { Catalog } from "../catalog/catalog.js";
import { findType } from "../catalog/find-type.js";
import { shapeOrigin } from "../catalog/origin-shape.js";
import type { TimeFormat } from "../ports/warehouse.js";
import type { TableField } from "../schema/table-field.js";

/** The columns of a type's schema file that its load reads as times. Throws UsageError where the catalog has no such type. */
export function findTimeFormats(
  { catalog, name }: { readonly catalog: Catalog; readonly name: string },
  fields: readonly TableField[],
): ReadonlyMap<string, TimeFormat> {
  const type = findType(catalog, name);
  return shapeOrigin(type, fields, catalog.timezone).timeFormats;
}
