import { Ajv } from "ajv";
import { planSchema } from "./plan-schema.js";
import type { Plan } from "./plan.js";

export const ajv = new Ajv({
  allErrors: true,
  allowUnionTypes: true,
  code: { source: true, esm: true },
});

/** Checks a value against the plan's schema. The build compiles it; see scripts/compile-validators.ts. */
export const validate = ajv.compile<Plan>(planSchema);
