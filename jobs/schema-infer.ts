import { eachRowOfType } from "../src/add/each-row-of-type.js";
import type { Sample } from "../src/add/each-sample-row.js";
import { refuseFaults } from "../src/add/refuse-faults.js";
import type { InferenceFinding } from "../src/schema/choose-column.js";
import type { ColumnReport } from "../src/schema/describe-columns.js";
import { formatSchema } from "../src/schema/format-schema.js";
import { createSchemaInferrer } from "../src/schema/infer-schema.js";
import type { TableField } from "../src/schema/table-field.js";

export interface SchemaInferOptions {
  /** Whether a string that spells a number counts as a number. */
  readonly quoted: "string" | "infer";
  /** Whether a string that spells a date or time counts as one; by default it does. */
  readonly times?: "string" | "infer";
  /** Whether a column that every row has, and never as null, is REQUIRED; by default it is NULLABLE. */
  readonly required?: boolean;
  /** A schema to go on from, whose descriptions and order stay. */
  readonly existing?: readonly TableField[] | null;
  /** Dotted paths of columns whose values are not shown. */
  readonly mask?: readonly string[];
  /** Lines of other types are left out, and its wrapped columns are texts; null: every line counts, as it is. */
  readonly type?: {
    readonly name: string;
    readonly typeKey: readonly string[];
    readonly wrapped: readonly string[];
    /** Columns that its catalog entry makes times of. */
    readonly converted: ReadonlySet<string>;
  } | null;
}

export interface SchemaInferPorts {
  readonly samples: readonly Sample[];
}

/** Printed as it is by `--json`. */
export interface SchemaInferResult {
  /** BigQuery's schema file. */
  readonly schema: string;
  readonly rows: number;
  readonly columns: readonly ColumnReport[];
  readonly findings: readonly InferenceFinding[];
  /** Lines of other types. */
  readonly skipped: number;
}

/** Infers a schema file from every row of the samples. Throws DataRefusedError where no schema can hold them. */
export async function schemaInfer(
  options: SchemaInferOptions,
  ports: SchemaInferPorts,
): Promise<SchemaInferResult> {
  const { quoted, times = "infer", required = false } = options;
  const { existing = null, mask = [], type = null } = options;
  const inferrer = createSchemaInferrer({
    quoted,
    times,
    required,
    existing,
    mask,
    converted: type?.converted ?? new Set(),
  });
  const skipped = await eachRowOfType(ports.samples, type, inferrer.add);
  const inference = inferrer.finish();
  refuseFaults(inference, ports.samples);
  const { fields, columns, findings, rows } = inference;
  return { schema: formatSchema(fields), rows, columns, findings, skipped };
}
