import { diffFields } from "../src/schema/diff-fields.js";
import {
  judgeChange,
  type ChangeVerdict,
  type StandingTable,
} from "../src/schema/judge-change.js";
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
  /** Where `before` is a table. What changes no load is no difference then. */
  readonly table: StandingTable | null;
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
  /** What a table and its readers live with: no difference that a load would act on, or stop at. */
  readonly notes: readonly SchemaChange[];
}

/** Tells in words what the second has otherwise than the first. A difference is a result, not an error. */
export function schemaDiff(options: SchemaDiffOptions): SchemaDiffResult {
  const { before, after, table } = options;
  const changes: SchemaChange[] = [];
  const notes: SchemaChange[] = [];
  for (const change of diffFields(before.fields, after.fields)) {
    const verdict = table === null ? null : judgeChange(change, table);
    const advice = verdict === null ? null : describeVerdict(verdict);
    if (verdict?.do === "none") continue;
    const { column, kind, message } = change;
    const told = { column, kind, message, advice };
    (verdict?.do === "note" ? notes : changes).push(told);
  }
  return { before: before.name, after: after.name, changes, notes };
}

function describeVerdict(verdict: ChangeVerdict): string | null {
  switch (verdict.do) {
    case "none":
      return null;
    case "note":
      return verdict.note;
    case "apply":
      return applyAdvice;
    case "refuse":
      return verdict.way;
  }
}
