import {
  createSchemaInferrer,
  type InferOptions,
} from "../../src/schema/infer-schema.js";

const defaults: InferOptions = {
  quoted: "string",
  times: "infer",
  required: false,
  existing: null,
};

/** Of rows of `a.ndjson`. */
export function inferRows(
  lines: readonly string[],
  options: Partial<InferOptions> = {},
) {
  const inferrer = createSchemaInferrer({ ...defaults, ...options });
  for (const [index, text] of lines.entries())
    inferrer.add({ text, source: "a.ndjson", line: index + 1 });
  return inferrer.finish();
}

/** Of rows that have these values in a column `x`. */
export function inferValues(
  values: readonly string[],
  options: Partial<InferOptions> = {},
) {
  return inferRows(
    values.map((value) => `{"x":${value}}`),
    options,
  );
}
