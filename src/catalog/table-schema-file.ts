/** Where a type's columns are written, from the catalog's folder. */
export function tableSchemaFile(type: string): string {
  return `schemas/tables/${type}.json`;
}
