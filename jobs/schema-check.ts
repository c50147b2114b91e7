import { eachRowOfType } from "../src/add/each-row-of-type.js";
import type { Sample } from "../src/add/each-sample-row.js";
import { UsageError } from "../src/errors.js";
import type { TimeFormat } from "../src/ports/warehouse.js";
import { createRowsChecker, type RowsCheck } from "../src/schema/check-rows.js";
import type { TableField } from "../src/schema/table-field.js";

/** What the catalog says of the rows' type. */
export interface CheckedType {
  readonly name: string;
  readonly typeKey: readonly string[];
  /** Columns that are turned to text before the load sees them. */
  readonly wrapped: readonly string[];
  /** Columns that are read as times. */
  readonly timeFormats: ReadonlyMap<string, TimeFormat>;
}

export interface SchemaCheckOptions {
  /** For messages. */
  readonly schemaFile: string;
  readonly fields: readonly TableField[];
  /** Null: the rows are judged by the columns alone, and all of them. */
  readonly type: CheckedType | null;
  /** Dotted paths of columns whose values are not shown. */
  readonly mask?: readonly string[];
}

/** Printed as it is by `--json`. */
export interface SchemaCheckResult extends RowsCheck {
  readonly schema: string;
  /** Lines of other types, which were not looked at. */
  readonly skipped: number;
}

/** Judges every row as the load would. A misfit is a result, not an error. */
export async function schemaCheck(
  options: SchemaCheckOptions,
  ports: { readonly samples: readonly Sample[] },
): Promise<SchemaCheckResult> {
  const { fields, type, schemaFile, mask } = options;
  const checker = createRowsChecker(
    fields,
    type?.timeFormats ?? new Map(),
    mask,
  );
  const skipped = await eachRowOfType(ports.samples, type, checker.add);
  const check = checker.finish();
  if (check.rows > 0) return { schema: schemaFile, skipped, ...check };
  const names = ports.samples.map(({ name }) => name).join(", ");
  throw new UsageError(`${names}: no rows; expected NDJSON, an object a line`);
}
