import { closest } from "fastest-levenshtein";
import type { Catalog, LogType } from "../catalog/catalog.js";
import { UsageError } from "../errors.js";

/** The types of a list such as `purchase,refund`; every type where there is none. Throws UsageError on a name that the catalog lacks. */
export function chooseTypes(
  catalog: Catalog,
  names: readonly string[] | null,
): LogType[] {
  if (names === null) return [...catalog.types.values()];
  return names.map((name) => {
    const type = catalog.types.get(name);
    if (type !== undefined) return type;
    const guess = closest(name, [...catalog.types.keys()]);
    throw new UsageError(
      `${JSON.stringify(name)} is not a log type of ${catalog.file} (did you mean ${guess}?)`,
    );
  });
}

/** Reads `--types a,b`. */
export function splitNames(text: string | undefined): string[] | null {
  if (text === undefined) return null;
  const names = text.split(",").map((name) => name.trim());
  if (names.includes(""))
    throw new UsageError(
      `--types ${JSON.stringify(text)}: expected names between commas`,
    );
  return [...new Set(names)];
}
