const count = { type: "integer", minimum: 0 };
const text = { type: "string", minLength: 1 };

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
    hour: text,
    seq: { type: "integer", minimum: 1 },
    run: text,
    catalog: text,
    finished_at: text,
    inputs: {
      type: "array",
      items: {
        type: "object",
        required: ["key", "etag", "size"],
        properties: { key: text, etag: { type: "string" }, size: count },
      },
    },
    lines: count,
    blank: count,
    set_aside: {
      type: "object",
      required: ["rows", "reasons", "files"],
      properties: {
        rows: count,
        reasons: { type: "object", additionalProperties: count },
        files: { type: "array", items: text },
      },
    },
    types: {
      type: "object",
      additionalProperties: {
        type: "object",
        required: ["rows", "catalogued", "wrapped", "files"],
        properties: {
          rows: count,
          catalogued: { type: "boolean" },
          wrapped: { type: "array", items: text },
          files: {
            type: "array",
            items: {
              type: "object",
              required: ["key", "rows", "bytes", "crc32c"],
              properties: {
                key: text,
                rows: count,
                bytes: count,
                crc32c: text,
              },
            },
          },
        },
      },
    },
  },
};
