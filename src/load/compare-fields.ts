import type { TableField } from "../schema/table-field.js";

/** What stands between the table that is and the one that the schema file and the catalog describe. */
export interface FieldsComparison {
  /** Columns that can simply be added: NULLABLE or REPEATED. */
  readonly additions: readonly TableField[];
  /** Every other difference, in words. */
  readonly differences: readonly string[];
}

/** Columns that only the table has are no difference, unless a row can't be without them. Column order and descriptions are none either. */
export function compareFields(
  table: readonly TableField[],
  wanted: readonly TableField[],
): FieldsComparison {
  const additions: TableField[] = [];
  const differences: string[] = [];
  const standing = new Map(
    table.map((field) => [field.name.toLowerCase(), field]),
  );
  for (const field of wanted) {
    const found = standing.get(field.name.toLowerCase());
    standing.delete(field.name.toLowerCase());
    if (found !== undefined)
      compareField(found, field, field.name, differences);
    else if (field.mode !== "REQUIRED") additions.push(field);
    else
      differences.push(
        `${field.name}: REQUIRED in the schema file, and the table lacks it`,
      );
  }
  for (const field of standing.values()) {
    if (field.mode !== "REQUIRED") continue;
    differences.push(
      `${field.name}: REQUIRED in the table, and the schema file lacks it`,
    );
  }
  return { additions, differences };
}

function compareField(
  found: TableField,
  wanted: TableField,
  path: string,
  differences: string[],
): void {
  const relaxed = found.mode === "NULLABLE" && wanted.mode === "REQUIRED";
  const sameType =
    found.type === wanted.type && found.storedAs === wanted.storedAs;
  if (!sameType || (found.mode !== wanted.mode && !relaxed)) {
    differences.push(
      `${path}: ${wanted.type} ${wanted.mode} in the schema file, ${found.storedAs ?? found.type} ${found.mode} in the table`,
    );
    return;
  }
  const standing = new Map(
    found.fields.map((field) => [field.name.toLowerCase(), field]),
  );
  for (const field of wanted.fields) {
    const inner = standing.get(field.name.toLowerCase());
    standing.delete(field.name.toLowerCase());
    const innerPath = `${path}.${field.name}`;
    if (inner !== undefined) compareField(inner, field, innerPath, differences);
    else differences.push(`${innerPath}: in the schema file only`);
  }
  for (const field of standing.values()) {
    differences.push(`${path}.${field.name}: in the table only`);
  }
}
