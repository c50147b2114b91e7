import { Ajv } from "ajv";
import catalogSchema from "../../schemas/catalog.schema.json" with { type: "json" };
import type { RawCatalog } from "./raw-catalog.js";

export const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  allowUnionTypes: true,
  code: { source: true, esm: true },
});
ajv.addKeyword({ keyword: "patternErrorMessage", schemaType: "string" });

/** Checks a value against schemas/catalog.schema.json. The build compiles it; see scripts/compile-validators.ts. */
export const validate = ajv.compile<RawCatalog>(catalogSchema);
