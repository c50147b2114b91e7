import { countSchema, inputsSchema, textSchema } from "./manifest-schema.js";

/** JSON Schema of a plan. Keys that a later version adds are let through. */
export const planSchema = {
  type: "object",
  required: [
    "version",
    "hour",
    "run",
    "created_at",
    "catalog",
    "wrapped",
    "compression",
    "previous",
    "inputs",
    "shares",
  ],
  properties: {
    version: { const: 1 },
    hour: textSchema,
    run: textSchema,
    created_at: textSchema,
    catalog: textSchema,
    wrapped: {
      type: "object",
      additionalProperties: { type: "array", items: textSchema },
    },
    compression: { enum: ["none", "gzip"] },
    previous: {
      type: ["object", "null"],
      required: ["etag", "seq", "files"],
      properties: {
        etag: { type: "string" },
        seq: { type: "integer", minimum: 1 },
        files: { type: "array", items: textSchema },
      },
    },
    inputs: inputsSchema,
    shares: {
      type: "array",
      minItems: 1,
      items: { type: "array", items: countSchema },
    },
  },
};
