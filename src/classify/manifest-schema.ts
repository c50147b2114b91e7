export const countSchema = { type: "integer", minimum: 0 };
export const textSchema = { type: "string", minLength: 1 };

export const inputsSchema = {
  type: "array",
  items: {
    type: "object",
    required: ["key", "etag", "size"],
    properties: {
      key: textSchema,
      etag: { type: "string" },
      size: countSchema,
    },
  },
};

/** JSON Schema of a manifest. Keys that a later version adds are let through. */
export const manifestSchema = {
  type: "object",
  required: [
    "version",
    "hour",
    "seq",
    "run",
    "catalog",
    "finished_at",
    "inputs",
    "lines",
    "blank",
    "set_aside",
    "types",
  ],
  properties: {
    version: { const: 1 },
    hour: textSchema,
    seq: { type: "integer", minimum: 1 },
    run: textSchema,
    catalog: textSchema,
    finished_at: textSchema,
    inputs: inputsSchema,
    lines: countSchema,
    blank: countSchema,
    set_aside: {
      type: "object",
      required: ["rows", "reasons", "files"],
      properties: {
        rows: countSchema,
        reasons: { type: "object", additionalProperties: countSchema },
        files: { type: "array", items: textSchema },
      },
    },
    types: {
      type: "object",
      additionalProperties: {
        type: "object",
        required: ["rows", "catalogued", "wrapped", "files"],
        properties: {
          rows: countSchema,
          catalogued: { type: "boolean" },
          wrapped: { type: "array", items: textSchema },
          files: {
            type: "array",
            items: {
              type: "object",
              required: ["key", "rows", "bytes", "crc32c"],
              properties: {
                key: textSchema,
                rows: countSchema,
                bytes: countSchema,
                crc32c: textSchema,
              },
            },
          },
        },
      },
    },
  },
};
