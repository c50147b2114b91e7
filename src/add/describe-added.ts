import { countOf } from "../count-of.js";
import type { InferenceFinding } from "../schema/choose-column.js";
import type { ColumnReport } from "../schema/describe-columns.js";
import { formatColumns } from "../schema/format-columns.js";

/** A type that was added, as far as a person has to look at it. */
export interface AddedType {
  readonly type: string;
  readonly table: string;
  readonly schema: string;
  readonly minute: number | null;
  readonly stale_dags: number;
  readonly written: readonly string[];
  readonly rows: number;
  readonly columns: readonly ColumnReport[];
  readonly findings: readonly InferenceFinding[];
}

/** What was written, and what to look at before it is committed. */
export function describeAdded(
  added: AddedType,
  catalogFile: string,
  hour: string | undefined,
): string {
  const { type, table, schema, minute, written, columns, findings } = added;
  if (written.length === 0)
    return `${type}: its schema file, its entry and its DAG are there; nothing was written. sluice schema infer --type ${type} shows what newer rows would change`;
  const dag =
    minute === null
      ? `${catalogFile} has no airflow section: there is no DAG`
      : `load_${table} runs at minute ${minute}, for life`;
  const inferred =
    added.rows === 0
      ? []
      : [`${countOf(added.rows, "row")}:`, formatColumns(columns), ""];
  return [
    ...inferred,
    ...written.map((file) => `wrote ${file}`),
    dag,
    "",
    "Review before you commit:",
    ...(added.rows === 0
      ? []
      : [
          `- types, modes and descriptions in ${schema}: they say what these rows hold, not what is promised`,
        ]),
    ...findings.map(({ column, message }) => `- ${column}: ${message}`),
    `- the entry at the end of ${catalogFile}: owner, description, and columns: for conversions`,
    ...(added.stale_dags === 0
      ? []
      : [
          `- ${added.stale_dags} other generated files are not what the catalog gives: sluice generate renders them`,
        ]),
    "Then: sluice check",
    ...(hour === undefined
      ? []
      : [
          `Then: sluice load --type ${type} --hour ${hour} loads what is staged already`,
        ]),
  ].join("\n");
}
