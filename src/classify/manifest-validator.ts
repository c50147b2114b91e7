import { Ajv } from "ajv";
import { manifestSchema } from "./manifest-schema.js";
import type { Manifest } from "./manifest.js";

export const ajv = new Ajv({
  allErrors: true,
  code: { source: true, esm: true },
});

/** Checks a value against the manifest's schema. The build compiles it; see scripts/compile-validators.ts. */
export const validate = ajv.compile<Manifest>(manifestSchema);
