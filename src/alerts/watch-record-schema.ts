import { ruleNames } from "../watch/model.js";

const textSchema = { type: "string", minLength: 1 };
const hourSchema = { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}$" };
const numberSchema = { type: "number" };
const stageSchema = { enum: ["source", "classify", "set_aside", "load"] };

/** JSON Schema of the record of `watch`. Keys that a later version adds are let through. */
export const watchRecordSchema = {
  type: "object",
  required: ["version", "revision", "watched", "lease", "incidents", "outbox"],
  properties: {
    version: { const: 1 },
    revision: { type: "integer", minimum: 0 },
    watched: { anyOf: [{ type: "null" }, hourSchema] },
    lease: {
      anyOf: [
        { type: "null" },
        {
          type: "object",
          required: ["run", "until"],
          properties: { run: textSchema, until: textSchema },
        },
      ],
    },
    incidents: {
      type: "array",
      items: {
        type: "object",
        required: [
          "id",
          "kind",
          "rule",
          "stage",
          "types",
          "since",
          "lastBad",
          "severity",
          "undone",
          "told",
          "closed",
          "threads",
        ],
        properties: {
          id: textSchema,
          kind: {
            enum: [
              ...["undone", "too_few", "too_many", "repeated"],
              ...["late", "unknown_type", "set_aside"],
            ],
          },
          rule: { enum: [...ruleNames] },
          stage: stageSchema,
          types: { type: "array", items: textSchema },
          since: hourSchema,
          lastBad: hourSchema,
          severity: numberSchema,
          undone: {
            type: "array",
            items: {
              type: "object",
              required: ["hour", "type", "seq"],
              properties: {
                hour: hourSchema,
                type: { anyOf: [{ type: "null" }, textSchema] },
                seq: numberSchema,
                run: textSchema,
              },
            },
          },
          told: {
            anyOf: [
              { type: "null" },
              {
                type: "object",
                required: [
                  "hour",
                  "severity",
                  "stage",
                  "types",
                  "undone",
                  "over",
                ],
                properties: {
                  hour: hourSchema,
                  severity: numberSchema,
                  stage: stageSchema,
                  types: numberSchema,
                  undone: numberSchema,
                  over: { type: "boolean" },
                },
              },
            ],
          },
          closed: { anyOf: [{ type: "null" }, hourSchema] },
          threads: { type: "object", additionalProperties: textSchema },
        },
      },
    },
    outbox: {
      type: "array",
      items: {
        type: "object",
        required: ["id", "incident", "pending", "hour", "message"],
        properties: {
          id: textSchema,
          incident: textSchema,
          pending: { type: "array", items: textSchema },
          hour: hourSchema,
          message: {
            type: "object",
            required: ["title", "parts"],
            properties: {
              title: { type: "string" },
              parts: {
                type: "array",
                items: { type: "object", required: ["kind"] },
              },
            },
          },
        },
      },
    },
  },
};
