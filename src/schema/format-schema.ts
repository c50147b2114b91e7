import type { TableField } from "./table-field.js";

/** BigQuery's schema file, as `bq show --schema --format=prettyjson` prints it, with a newline at its end. */
export function formatSchema(fields: readonly TableField[]): string {
  return `${JSON.stringify(fields.map(toJson), null, 2)}\n`;
}

function toJson(field: TableField): object {
  return {
    name: field.name,
    type: field.type,
    mode: field.mode,
    ...(field.description === undefined
      ? {}
      : { description: field.description }),
    ...(field.type === "RECORD" ? { fields: field.fields.map(toJson) } : {}),
  };
}
