import type { SqlDialect } from "../ports/warehouse.js";
import type { FieldType } from "../schema/table-field.js";
import { duckdbType, keepsEveryDigit } from "./duckdb-types.js";

/** BIGNUMERIC is not among them: a VARCHAR that an ALTER made is a STRING. */
const widenings: Readonly<Partial<Record<FieldType, readonly FieldType[]>>> = {
  INTEGER: ["NUMERIC", "FLOAT"],
  NUMERIC: ["FLOAT"],
  BIGNUMERIC: ["FLOAT"],
};

const typeName = (type: FieldType): string =>
  duckdbType({ name: "", type, mode: "NULLABLE", fields: [] });

export const duckdbDialect: SqlDialect = {
  typeName,
  safeCast: (column, type) => `TRY_CAST(${column} AS ${typeName(type)})`,
  widens: (before, after) =>
    before.type === after.type
      ? keepsEveryDigit(before)
      : widenings[before.type]?.includes(after.type) === true,
};
