import type { TimeFormat } from "../ports/warehouse.js";
import type { TableField } from "./table-field.js";

/** What the catalog says of one column of the schema file. */
export interface ReversibleRule {
  readonly from: TimeFormat | null;
  readonly rename: string | null;
  readonly drop: boolean;
  readonly sql: string | null;
  readonly wrap: "string" | null;
}

export interface ReversedOrigin {
  /** The columns of the schema file. */
  readonly fields: readonly TableField[];
  /** What the table can't tell, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * The schema file's columns from those of the table: without folder_hour, and with the catalog's column rules undone as far as the table
 * tells. `pinned`: the schema file as it is, which knows what the table forgot; null where there is none.
 */
export function reverseOrigin(
  table: readonly TableField[],
  rules: ReadonlyMap<string, ReversibleRule>,
  pinned: readonly TableField[] | null,
): ReversedOrigin {
  const notes: string[] = [];
  const known = new Map(
    (pinned ?? []).map((field) => [field.name.toLowerCase(), field]),
  );
  const sources = new Map(
    [...rules]
      .filter(([, rule]) => !rule.drop)
      .map(([name, rule]) => [
        (rule.rename ?? name).toLowerCase(),
        { name, rule },
      ]),
  );
  const fields: TableField[] = [];
  for (const field of table) {
    const target = field.name.toLowerCase();
    if (target === "folder_hour") continue;
    const source = sources.get(target);
    sources.delete(target);
    if (source === undefined) {
      fields.push(field);
      continue;
    }
    const { name, rule } = source;
    fields.push(reverseField({ ...field, name }, rule, known, notes));
  }
  for (const { name } of sources.values())
    notes.push(restore(name, "the table has no such column", known, fields));
  for (const [name, rule] of rules) {
    if (rule.drop)
      notes.push(
        restore(name, "drop: the table does not have it", known, fields),
      );
  }
  return { fields, notes };
}

function reverseField(
  field: TableField,
  rule: ReversibleRule,
  known: ReadonlyMap<string, TableField>,
  notes: string[],
): TableField {
  const pinned = known.get(field.name.toLowerCase());
  const what =
    rule.sql !== null
      ? "sql"
      : rule.from !== null
        ? `from: ${rule.from}`
        : null;
  if (what === null) return field;
  if (pinned !== undefined) {
    notes.push(
      `${field.name}: ${what} hides what the logs hold; ${pinned.type} ${pinned.mode} as the schema file has it`,
    );
    const { type, mode, fields } = pinned;
    return { ...field, type, mode, fields };
  }
  if (rule.from === null) {
    notes.push(
      `${field.name}: sql hides what the logs hold; ${field.type} as the table has it: look at the logs`,
    );
    return field;
  }
  const type = rule.from === "iso8601" ? "STRING" : "INTEGER";
  notes.push(
    `${field.name}: ${what} hides what the logs hold; ${type} is a guess: look at the logs`,
  );
  return { ...field, type };
}

/** Puts a column back that only the schema file knows; tells of it either way. */
function restore(
  name: string,
  why: string,
  known: ReadonlyMap<string, TableField>,
  fields: TableField[],
): string {
  const pinned = known.get(name.toLowerCase());
  if (pinned === undefined)
    return `${name}: ${why}, and there is no schema file that tells its type: it is left out, put it back by hand`;
  fields.push(pinned);
  return `${name}: ${why}; ${pinned.type} ${pinned.mode} as the schema file has it`;
}
