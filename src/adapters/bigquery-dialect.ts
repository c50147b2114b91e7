import type { SqlDialect } from "../ports/warehouse.js";
import type { FieldType } from "../schema/table-field.js";

/** https://cloud.google.com/bigquery/docs/managing-table-schemas#change_a_columns_data_type */
const widenings: Readonly<Partial<Record<FieldType, readonly FieldType[]>>> = {
  INTEGER: ["NUMERIC", "BIGNUMERIC", "FLOAT"],
  NUMERIC: ["BIGNUMERIC", "FLOAT"],
  BIGNUMERIC: ["FLOAT"],
};
const sqlTypes: Readonly<Partial<Record<FieldType, string>>> = {
  INTEGER: "INT64",
  FLOAT: "FLOAT64",
  BOOLEAN: "BOOL",
  RECORD: "STRUCT",
};

const typeName = (type: FieldType): string => sqlTypes[type] ?? type;

export const bigqueryDialect: SqlDialect = {
  typeName,
  safeCast: (column, type) => `SAFE_CAST(${column} AS ${typeName(type)})`,
  widens: (before, after) =>
    widenings[before.type]?.includes(after.type) === true,
};
