import type { SqlDialect } from "../ports/warehouse.js";
import type { FieldChange } from "./diff-fields.js";
import type { FieldType } from "./table-field.js";

/**
 * `apply`: sluice adds the column. `none`: a table that stays as it is takes every load. `note`: so it does, but not every row is as before.
 * `refuse`: nobody may do it behind the back of
 * the table's readers; `way` says how it is done safely.
 */
export type ChangeVerdict =
  | { readonly do: "apply" }
  | { readonly do: "none"; readonly why: string }
  | { readonly do: "note"; readonly note: string }
  | { readonly do: "refuse"; readonly way: string };

/** A table that stands, and the SQL of its warehouse. */
export interface StandingTable {
  readonly name: string;
  readonly dialect: SqlDialect;
}

/** What a change from the table's columns to those of the schema file and the catalog means for the table. */
export function judgeChange(
  change: FieldChange,
  table: StandingTable,
): ChangeVerdict {
  switch (change.kind) {
    case "added":
      return judgeAddition(change, table.name);
    case "removed":
      return judgeRemoval(change, table.name);
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
      do: "note",
      note: "the table keeps it, null from now on; rows that still have it are refused: put it back into the schema file with drop: true in the catalog if they are to load without it",
    };
  return {
    do: "refuse",
    way: `put ${column} back into the schema file as NULLABLE: a RECORD in the table keeps its columns`,
  };
}

function judgeMode(
  { column, before, after }: FieldChange,
  table: StandingTable,
): ChangeVerdict {
  if (before?.mode === "NULLABLE" && after?.mode === "REQUIRED")
    return {
      do: "none",
      why: "the table stays NULLABLE; the load sees to it that there is a value",
    };
  if (before?.mode === "REQUIRED" && after?.mode === "NULLABLE")
    return { do: "refuse", way: dropNotNull(column, table.name) };
  return { do: "refuse", way: describeNewColumn(column, table, null) };
}

function dropNotNull(column: string, table: string): string {
  return column.includes(".")
    ? `BigQuery relaxes it by bq update with the whole schema, ${column} NULLABLE in it`
    : `nothing is lost by ALTER TABLE ${table} ALTER COLUMN ${column} DROP NOT NULL; run it, and apply again`;
}

function describeTypeChange(
  { column, before, after }: FieldChange,
  table: StandingTable,
): string {
  const to = after?.type ?? "STRING";
  const widens =
    before !== null &&
    after !== null &&
    before.mode === after.mode &&
    !column.includes(".") &&
    table.dialect.widens(before, after);
  return widens
    ? `the type widens in place: ALTER TABLE ${table.name} ALTER COLUMN ${column} SET DATA TYPE ${table.dialect.typeName(to)}; run it, and apply again`
    : describeNewColumn(column, table, to === "RECORD" ? null : to);
}

/** New column, backfill, view. `type`: what values can be cast to; null where they can't. */
function describeNewColumn(
  column: string,
  { name, dialect }: StandingTable,
  type: FieldType | null,
): string {
  const [top = column] = column.split(".");
  const other = `${top}_2`;
  const backfill =
    type === null || top !== column
      ? "reload the hours that are still staged (sluice backfill)"
      : `UPDATE ${name} SET ${other} = ${dialect.safeCast(top, type)} WHERE ${other} IS NULL, or reload the hours that are still staged (sluice backfill)`;
  return `a column beside it: rename: ${other} in the catalog, for the column that becomes ${top}; then backfill: ${backfill}; then a view that shows ${other} as ${top}, and readers move to it`;
}
