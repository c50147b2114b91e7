import { countSchema, textSchema } from "./manifest-schema.js";

/** JSON Schema of a shard's record. Keys that a later version adds are let through. */
export const shardRecordSchema = {
  type: "object",
  required: [
    "version",
    "hour",
    "run",
    "shard",
    "shards",
    "attempt",
    "counts",
    "files",
  ],
  properties: {
    version: { const: 1 },
    hour: textSchema,
    run: textSchema,
    shard: { type: "integer", minimum: 1 },
    shards: { type: "integer", minimum: 1 },
    attempt: textSchema,
    counts: {
      type: "object",
      required: ["lines", "blank", "bytes", "reasons", "rows"],
      properties: {
        lines: countSchema,
        blank: countSchema,
        bytes: countSchema,
        reasons: { type: "object", additionalProperties: countSchema },
        rows: { type: "object", additionalProperties: countSchema },
      },
    },
    files: {
      type: "array",
      items: {
        type: "object",
        required: ["name", "key", "rows", "bytes", "crc32c"],
        properties: {
          name: textSchema,
          key: textSchema,
          rows: countSchema,
          bytes: countSchema,
          crc32c: textSchema,
        },
      },
    },
  },
};
