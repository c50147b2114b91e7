/** BigQuery's column types, in its legacy spelling, as `bq show --schema` prints them. */
export const fieldTypes = [
  "STRING",
  "BYTES",
  "INTEGER",
  "FLOAT",
  "NUMERIC",
  "BIGNUMERIC",
  "BOOLEAN",
  "TIMESTAMP",
  "DATE",
  "TIME",
  "DATETIME",
  "GEOGRAPHY",
  "JSON",
  "RECORD",
] as const;

export type FieldType = (typeof fieldTypes)[number];
export type FieldMode = "NULLABLE" | "REQUIRED" | "REPEATED";

/** One column of a BigQuery schema file, with its aliases (INT64, FLOAT64, BOOL, STRUCT) and defaults resolved. */
export interface TableField {
  readonly name: string;
  readonly type: FieldType;
  readonly mode: FieldMode;
  readonly description?: string;
  /** Of a table's column that was made by others: its own type, where `type` is near to it and not the same. */
  readonly storedAs?: string;
  /** The columns of a RECORD; empty for every other type. */
  readonly fields: readonly TableField[];
}
