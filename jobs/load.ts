import type { Catalog } from "../src/catalog/catalog.js";
import { unknownTypeError } from "../src/catalog/find-type.js";
import { readTypeSchema } from "../src/catalog/read-type-schema.js";
import { UsageError } from "../src/errors.js";
import type { FolderHour } from "../src/folder-hour.js";
import {
  loadHour,
  type LoadHourPorts,
  type LoadResult,
} from "../src/load/load-hour.js";

export interface LoadOptions {
  readonly catalog: Catalog;
  readonly type: string;
  readonly hour: FolderHour;
  /** Of the catalog that the DAG which asks for this load was generated from, where one does. */
  readonly dagCatalogHash?: string | undefined;
}

/** Loads one type's classified hour into its table. */
export async function load(
  options: LoadOptions,
  ports: LoadHourPorts,
): Promise<LoadResult> {
  const { catalog, hour } = options;
  const type = catalog.types.get(options.type);
  if (type === undefined) throw missingTypeError(options);
  const fields = await readTypeSchema(catalog, type);
  return loadHour({ type, hour, fields, timezone: catalog.timezone }, ports);
}

function missingTypeError(options: LoadOptions): UsageError {
  const { catalog, type, hour, dagCatalogHash } = options;
  const error = unknownTypeError(catalog, type, hour);
  return dagCatalogHash === undefined || dagCatalogHash === catalog.hash
    ? error
    : new UsageError(
        `${error.message}\nThe DAG was generated from another catalog (${dagCatalogHash}; this one is ${catalog.hash}): build the image from that one, or mount it over the image's (docs/image.md), or run sluice generate with this one`,
      );
}

/** Whether the load replaced the hour with no rows, which `--skip-empty` tells by its exit code. */
export function isEmptyLoad(result: LoadResult): boolean {
  const { outcome, rows_loaded, rows_set_aside } = result;
  return outcome === "replaced" && rows_loaded + rows_set_aside === 0;
}
