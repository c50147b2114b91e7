import { DataRefusedError, UsageError } from "../src/errors.js";
import { readLines } from "../src/json/read-lines.js";
import { formatSchema } from "../src/schema/format-schema.js";
import {
  createSchemaInferrer,
  type InferenceFinding,
} from "../src/schema/infer-schema.js";

export interface SchemaInferOptions {
  /** Whether a string that spells a number counts as a number. */
  readonly quoted: "string" | "infer";
}

export interface SchemaInferPorts {
  /** NDJSON, decompressed; the name is for messages. */
  readonly samples: readonly {
    readonly name: string;
    open(): Promise<AsyncIterable<Uint8Array>>;
  }[];
}

export interface SchemaInferResult {
  /** BigQuery's schema file. */
  readonly schema: string;
  readonly findings: readonly InferenceFinding[];
  readonly rows: number;
}

/** Infers a schema file from every row of the samples. */
export async function schemaInfer(
  options: SchemaInferOptions,
  ports: SchemaInferPorts,
): Promise<SchemaInferResult> {
  const inferrer = createSchemaInferrer(options.quoted);
  for (const sample of ports.samples) {
    for await (const line of readLines(await sample.open())) {
      if (line.trim() !== "") inferrer.add(line);
    }
  }
  const { fields, findings, faults, rows } = inferrer.finish();
  const names = ports.samples.map(({ name }) => name).join(", ");
  if (faults.length > 0) {
    throw new DataRefusedError(
      [
        `no schema can hold the rows of ${names}:`,
        ...faults.map(
          ({ column, message }) =>
            `  ${column === "" ? "a row" : JSON.stringify(column)} ${message}`,
        ),
      ].join("\n"),
    );
  }
  if (fields.length === 0) {
    throw new UsageError(`${names}: no row has a key to make a column of`);
  }
  return { schema: formatSchema(fields), findings, rows };
}
