import type { Catalog, LogType } from "../catalog/catalog.js";
import { findType } from "../catalog/find-type.js";

/** The types of a list such as `purchase,refund`; every type where there is none. Throws UsageError on a name that the catalog lacks. */
export function chooseTypes(
  catalog: Catalog,
  names: readonly string[] | null,
): LogType[] {
  if (names === null) return [...catalog.types.values()];
  return names.map((name) => findType(catalog, name));
}
