import { Ajv } from "ajv";
import { shardRecordSchema } from "./shard-record-schema.js";
import type { ShardRecord } from "./shard-record.js";

export const ajv = new Ajv({
  allErrors: true,
  code: { source: true, esm: true },
});

/** Checks a value against the schema of a shard's record. The build compiles it; see scripts/compile-validators.ts. */
export const validate = ajv.compile<ShardRecord>(shardRecordSchema);
