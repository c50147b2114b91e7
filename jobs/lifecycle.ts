import type { Catalog } from "../src/catalog/catalog.js";
import {
  makeLifecycle,
  type Lifecycle,
} from "../src/lifecycle/make-lifecycle.js";

/** The catalog's retention as lifecycle rules of the stage's bucket, and how they are applied. Changes nothing. */
export function lifecycle(options: {
  readonly catalog: Pick<Catalog, "file" | "stage" | "retention">;
}): Lifecycle {
  return makeLifecycle(options.catalog);
}
