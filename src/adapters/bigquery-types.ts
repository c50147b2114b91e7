import {
  fieldTypes,
  type FieldMode,
  type FieldType,
  type TableField,
} from "../schema/table-field.js";

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema */
export interface FieldSchema {
  readonly name: string;
  readonly type: string;
  readonly mode?: string;
  readonly description?: string;
  readonly fields?: readonly FieldSchema[];
}

export function toFieldSchema(field: TableField): FieldSchema {
  return {
    name: field.name,
    type: field.type,
    mode: field.mode,
    ...(field.description === undefined
      ? {}
      : { description: field.description }),
    ...(field.type === "RECORD"
      ? { fields: field.fields.map(toFieldSchema) }
      : {}),
  };
}

const aliases: Readonly<Record<string, FieldType>> = {
  INT64: "INTEGER",
  FLOAT64: "FLOAT",
  BOOL: "BOOLEAN",
  STRUCT: "RECORD",
  DECIMAL: "NUMERIC",
  BIGDECIMAL: "BIGNUMERIC",
};

/** A column of a type that schema files lack (RANGE, INTERVAL) is told as STRING. */
export function toTableField(schema: FieldSchema): TableField {
  const name = schema.type.toUpperCase();
  const type =
    aliases[name] ?? fieldTypes.find((each) => each === name) ?? "STRING";
  return {
    name: schema.name,
    type,
    mode: (schema.mode?.toUpperCase() ?? "NULLABLE") as FieldMode,
    ...(schema.description === undefined
      ? {}
      : { description: schema.description }),
    fields: (schema.fields ?? []).map(toTableField),
  };
}
