import type { Catalog } from "../catalog/catalog.js";
import { DataRefusedError } from "../errors.js";
import type { SplitCounts } from "./split-counts.js";

export const maxUnknownTypes = 10_000;

export function refuseUnknownTypes(
  place: string,
  typeKey: readonly string[],
  lastType: string,
  andThen = "",
): never {
  throw new DataRefusedError(
    `${place}: more than ${maxUnknownTypes} types that the catalog lacks (the last one: ${lastType}); nothing was committed. ` +
      `Is ${typeKey.join(".")} the right type_key?${andThen === "" ? "" : ` Mend it${andThen}`}`,
  );
}

/**
 * Throws DataRefusedError on too many unknown types, or more set aside than the catalog allows.
 * @param andThen Ends the message: what to do once its cause is mended, like `, then ...`.
 */
export function refuseCounts(
  catalog: Catalog,
  place: string,
  counts: SplitCounts,
  andThen = "",
): void {
  const unknown = [...counts.rows.keys()].filter(
    (type) => !catalog.types.has(type),
  );
  const last = unknown.at(-1);
  if (unknown.length > maxUnknownTypes && last !== undefined)
    refuseUnknownTypes(place, catalog.typeKey, last, andThen);
  if (catalog.maxSetAside === null) return;
  const filled = counts.lines - counts.blank;
  const reasons = Object.entries(counts.reasons);
  const setAside = reasons.reduce((sum, [, count]) => sum + count, 0);
  if (setAside <= filled * catalog.maxSetAside) return;
  throw new DataRefusedError(
    `${place}: ${setAside} of ${filled} lines would be set aside (${reasons
      .map(([reason, count]) => `${reason} ${count}`)
      .join(
        ", ",
      )}), more than max_set_aside ${catalog.maxSetAside} in ${catalog.file} allows; ` +
      `nothing was committed. Mend the source, or raise max_set_aside${andThen}`,
  );
}
