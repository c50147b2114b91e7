import { dirname, relative } from "node:path";
import standalone from "ajv/dist/standalone/index.js";
import type { Plugin } from "esbuild";
import * as watchRecord from "../src/alerts/watch-record-validator.js";
import * as catalog from "../src/catalog/catalog-validator.js";
import * as manifest from "../src/classify/manifest-validator.js";
import * as plan from "../src/classify/plan-validator.js";
import * as shardRecord from "../src/classify/shard-record-validator.js";
import { findPackageRoot } from "../src/package-root.js";

const compiled = new Map([
  [
    "src/catalog/catalog-validator.ts",
    standalone.default(catalog.ajv, catalog.validate),
  ],
  [
    "src/classify/manifest-validator.ts",
    standalone.default(manifest.ajv, manifest.validate),
  ],
  [
    "src/classify/plan-validator.ts",
    standalone.default(plan.ajv, plan.validate),
  ],
  [
    "src/classify/shard-record-validator.ts",
    standalone.default(shardRecord.ajv, shardRecord.validate),
  ],
  [
    "src/alerts/watch-record-validator.ts",
    standalone.default(watchRecord.ajv, watchRecord.validate),
  ],
]);

/**
 * Puts into the place of each validator the function that Ajv makes of its schema there.
 * To make it costs 80 ms of every command; now Ajv need not be loaded either.
 */
export const compileValidators: Plugin = {
  name: "compile-validators",
  setup(build) {
    build.onLoad({ filter: /-validator\.ts$/ }, ({ path }) => {
      const contents = compiled.get(relative(findPackageRoot(), path));
      if (contents === undefined)
        throw new Error(`${path} is not in scripts/compile-validators.ts`);
      return { contents, resolveDir: dirname(path) };
    });
  },
};
