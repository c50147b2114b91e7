import type { FieldChange } from "./diff-fields.js";
import type { FieldType } from "./table-field.js";

/**
 * `apply`: sluice adds the column. `none`: a table that stays as it is takes every load. `refuse`: nobody may do it behind the back of
 * the table's readers; `way` says how it is done safely.
 */
export type ChangeVerdict =
  | { readonly do: "apply" }
  | { readonly do: "none"; readonly why: string }
  | { readonly do: "refuse"; readonly way: string };

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

/** What a change from the table's columns to those of the schema file and the catalog means for the table. */
export function judgeChange(change: FieldChange, table: string): ChangeVerdict {
  switch (change.kind) {
    case "added":
      return judgeAddition(change, table);
    case "removed":
      return judgeRemoval(change, table);
    case "type":
      return { do: "refuse", way: describeTypeChange(change, table) };
    case "mode":
      return judgeMode(change, table);
    case "description":
      return { do: "none", why: "a description changes no load" };
    case "order":
      return { do: "none", why: "columns are matched by name" };
  }
}

function judgeAddition(
  { column, after }: FieldChange,
  table: string,
): ChangeVerdict {
  if (after?.mode === "REQUIRED")
    return {
      do: "refuse",
      way: `rows that stand have no ${column}: make it NULLABLE in the schema file`,
    };
  if (!column.includes(".")) return { do: "apply" };
  return {
    do: "refuse",
    way: `sluice adds columns at the top only. On BigQuery: bq show --schema --format=prettyjson DATASET.${table} > table.json, add ${column} there, bq update DATASET.${table} table.json. On DuckDB: ALTER TABLE ${table} ADD COLUMN ${column} TYPE`,
  };
}

function judgeRemoval(
  { column, before }: FieldChange,
  table: string,
): ChangeVerdict {
  if (before?.mode === "REQUIRED")
    return { do: "refuse", way: dropNotNull(column, table) };
  if (!column.includes("."))
    return {
      do: "none",
      why: "the table keeps it; rows that come are without it",
    };
  return {
    do: "refuse",
    way: `put ${column} back into the schema file as NULLABLE: a RECORD in the table keeps its columns`,
  };
}

function judgeMode(
  { column, before, after }: FieldChange,
  table: string,
): ChangeVerdict {
  if (before?.mode === "NULLABLE" && after?.mode === "REQUIRED")
    return {
      do: "none",
      why: "the table stays NULLABLE; the load sees to it that there is a value",
    };
  if (before?.mode === "REQUIRED" && after?.mode === "NULLABLE")
    return { do: "refuse", way: dropNotNull(column, table) };
  return { do: "refuse", way: describeNewColumn(column, table, null) };
}

function dropNotNull(column: string, table: string): string {
  return column.includes(".")
    ? `BigQuery relaxes it by bq update with the whole schema, ${column} NULLABLE in it`
    : `nothing is lost by ALTER TABLE ${table} ALTER COLUMN ${column} DROP NOT NULL; run it, and apply again`;
}

function describeTypeChange(
  { column, before, after }: FieldChange,
  table: string,
): string {
  const to = after?.type ?? "STRING";
  const type = sqlTypes[to] ?? to;
  const widens =
    before !== null &&
    before.mode === after?.mode &&
    !column.includes(".") &&
    widenings[before.type]?.includes(to) === true;
  return widens
    ? `the type widens in place: ALTER TABLE ${table} ALTER COLUMN ${column} SET DATA TYPE ${type}; run it, and apply again`
    : describeNewColumn(column, table, to === "RECORD" ? null : type);
}

/** New column, backfill, view. `type`: what values can be cast to; null where they can't. */
function describeNewColumn(
  column: string,
  table: string,
  type: string | null,
): string {
  const [top = column] = column.split(".");
  const other = `${top}_2`;
  const value =
    type === null || top !== column ? top : `SAFE_CAST(${top} AS ${type})`;
  const backfill =
    value === top
      ? "reload the hours that are still staged (sluice backfill)"
      : `UPDATE ${table} SET ${other} = ${value} WHERE ${other} IS NULL, or reload the hours that are still staged (sluice backfill)`;
  return `a column beside it: rename: ${other} in the catalog, for the column that becomes ${top}; then backfill: ${backfill}; then a view that shows ${other} as ${top}, and readers move to it`;
}
