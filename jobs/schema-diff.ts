import { diffFields, type FieldChange } from "../src/schema/diff-fields.js";
import { judgeChange } from "../src/schema/judge-change.js";
import type { TableField } from "../src/schema/table-field.js";

const applyAdvice = "sluice schema apply adds it, and so does the next load";

export interface SchemaSide {
  /** A file, or the URL and name of a table. */
  readonly name: string;
  readonly fields: readonly TableField[];
}

export interface SchemaDiffOptions {
  readonly before: SchemaSide;
  readonly after: SchemaSide;
  /** Where `before` is a table: its name. What changes no load is no difference then. */
  readonly table: string | null;
}

export interface SchemaChange {
  readonly column: string;
  readonly kind: string;
  readonly message: string;
  /** What to do about it; null where there is nothing to do, or nobody asked about a table. */
  readonly advice: string | null;
}

/** Printed as it is by `--json`. */
export interface SchemaDiffResult {
  readonly before: string;
  readonly after: string;
  readonly changes: readonly SchemaChange[];
}

/** Tells in words what the second has otherwise than the first. A difference is a result, not an error. */
export function schemaDiff(options: SchemaDiffOptions): SchemaDiffResult {
  const { before, after, table } = options;
  const changes = diffFields(before.fields, after.fields).flatMap((change) =>
    describeChange(change, table),
  );
  return { before: before.name, after: after.name, changes };
}

function describeChange(
  change: FieldChange,
  table: string | null,
): SchemaChange[] {
  const { column, kind, message } = change;
  if (table === null) return [{ column, kind, message, advice: null }];
  const verdict = judgeChange(change, table);
  switch (verdict.do) {
    case "none":
      return [];
    case "apply":
      return [{ column, kind, message, advice: applyAdvice }];
    case "refuse":
      return [{ column, kind, message, advice: verdict.way }];
  }
}
