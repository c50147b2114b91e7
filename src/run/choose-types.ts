import type { Catalog, LogType } from "../catalog/catalog.js";
import { UsageError } from "../errors.js";
import { suggestName } from "../schema/suggest-name.js";

const namesTold = 40;

/** The types of a list such as `purchase,refund`; every type where there is none. Throws UsageError on a name that the catalog lacks. */
export function chooseTypes(
  catalog: Catalog,
  names: readonly string[] | null,
): LogType[] {
  if (names === null) return [...catalog.types.values()];
  return names.map((name) => {
    const type = catalog.types.get(name);
    if (type === undefined) throw unknownTypeError(catalog, name);
    return type;
  });
}

export function unknownTypeError(catalog: Catalog, name: string): UsageError {
  const names = [...catalog.types.keys()];
  const hint =
    suggestName(name, names) ||
    `: expected one of ${names.slice(0, namesTold).join(", ")}${names.length > namesTold ? ", ..." : ""}`;
  return new UsageError(
    `${JSON.stringify(name)} is not a log type of ${catalog.file}${hint}`,
  );
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
