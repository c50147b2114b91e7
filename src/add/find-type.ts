import type { Catalog, LogType } from "../catalog/catalog.js";
import { UsageError } from "../errors.js";
import { quoteFound } from "../schema/quote-found.js";
import { suggestName } from "../schema/suggest-name.js";

/** Throws UsageError where the catalog has no such type. */
export function findType(catalog: Catalog, name: string): LogType {
  const type = catalog.types.get(name);
  if (type !== undefined) return type;
  throw new UsageError(
    `${quoteFound(name)} is not a log type of ${catalog.file}${suggestName(name, catalog.types.keys())}; sluice add makes its entry`,
  );
}
