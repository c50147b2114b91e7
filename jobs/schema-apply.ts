import { DataRefusedError } from "../src/errors.js";
import type { Warehouse } from "../src/ports/warehouse.js";
import { diffFields } from "../src/schema/diff-fields.js";
import { judgeChange } from "../src/schema/judge-change.js";
import type { TableField } from "../src/schema/table-field.js";

export interface SchemaApplyOptions {
  readonly table: string;
  /** The table as the schema file and the catalog have it, folder_hour included. */
  readonly fields: readonly TableField[];
}

/** Printed as it is by `--json`. */
export interface SchemaApplyResult {
  readonly table: string;
  /** False: there is no table yet, and the first load makes it. */
  readonly exists: boolean;
  readonly added: readonly string[];
}

/**
 * Adds the columns to the table that only the schema file has. Throws DataRefusedError, and changes nothing, where anything else differs
 * that a load would stop at: each with the safe way to do it.
 */
export async function schemaApply(
  { table, fields }: SchemaApplyOptions,
  { warehouse }: { readonly warehouse: Warehouse },
): Promise<SchemaApplyResult> {
  const found = await warehouse.describeTable(table);
  if (found === null) return { table, exists: false, added: [] };
  const additions: TableField[] = [];
  const refused: string[] = [];
  for (const change of diffFields(found, fields)) {
    const verdict = judgeChange(change, {
      name: table,
      dialect: warehouse.dialect,
    });
    if (verdict.do === "refuse")
      refused.push(`  ${change.message}\n    ${verdict.way}`);
    else if (verdict.do === "apply" && change.after !== null)
      additions.push(change.after);
  }
  if (refused.length > 0) {
    throw new DataRefusedError(
      [
        `${warehouse.url}: ${table} differs in more than new columns; nothing was changed:`,
        ...refused,
      ].join("\n"),
    );
  }
  if (additions.length > 0) await warehouse.addColumns(table, additions);
  return { table, exists: true, added: additions.map(({ name }) => name) };
}
