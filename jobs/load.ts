import type { Catalog } from "../src/catalog/catalog.js";
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
  if (type === undefined) {
    throw new UsageError(describeMissingType(options));
  }
  const fields = await readTypeSchema(catalog, type);
  return loadHour({ type, hour, fields, timezone: catalog.timezone }, ports);
}

function describeMissingType(options: LoadOptions): string {
  const { catalog, type, dagCatalogHash } = options;
  const found = `${JSON.stringify(type)} is not a type of ${catalog.file} (${catalog.hash}); it has ${[...catalog.types.keys()].join(", ")}`;
  return dagCatalogHash === undefined || dagCatalogHash === catalog.hash
    ? found
    : `${found}\nThe DAG was generated from another catalog (${dagCatalogHash}): build the image from that one, or mount it over the image's (docs/image.md), or run sluice generate with this one`;
}

/** Whether the load replaced the hour with no rows, which `--skip-empty` tells by its exit code. */
export function isEmptyLoad(result: LoadResult): boolean {
  const { outcome, rows_loaded, rows_set_aside } = result;
  return outcome === "replaced" && rows_loaded + rows_set_aside === 0;
}
