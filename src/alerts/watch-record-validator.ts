import { Ajv } from "ajv";
import { watchRecordSchema } from "./watch-record-schema.js";
import type { WatchRecord } from "./watch-record.js";

export const ajv = new Ajv({
  allErrors: true,
  code: { source: true, esm: true },
});

/** Checks a value against the schema of the record of `watch`. The build compiles it; see scripts/compile-validators.ts. */
export const validate = ajv.compile<WatchRecord>(watchRecordSchema);
