import { UsageError } from "../errors.js";
import type { FolderHour } from "../folder-hour.js";
import { quoteFound } from "../schema/quote-found.js";
import { suggestName } from "../schema/suggest-name.js";
import type { Catalog, LogType } from "./catalog.js";

const namesTold = 40;
const plainName = /^[\w.-]+$/;

/** Throws UsageError where the catalog has no such type. */
export function findType(catalog: Catalog, name: string): LogType {
  const type = catalog.types.get(name);
  if (type === undefined) throw unknownTypeError(catalog, name);
  return type;
}

/** `hour`: whose rows of the type were asked for. */
export function unknownTypeError(
  catalog: Catalog,
  name: string,
  hour?: FolderHour,
): UsageError {
  const names = [...catalog.types.keys()];
  const hint =
    suggestName(name, names) ||
    `: expected one of ${names.slice(0, namesTold).join(", ")}${names.length > namesTold ? ", ..." : ""}`;
  const added =
    hour === undefined || !plainName.test(name)
      ? "sluice add makes its entry"
      : `sluice add ${name} --hour ${hour} adds it from its staged rows`;
  return new UsageError(
    `${quoteFound(name)} is not a log type of ${catalog.file}${hint}; if it is new, ${added}`,
  );
}
