import { isDeepStrictEqual } from "node:util";
import type { Catalog } from "../catalog/catalog.js";
import { DataRefusedError } from "../errors.js";
import { formatPlanId, planAnew, type Plan } from "./plan.js";

/** What of the catalog makes one shard's files differ from another's. */
export function catalogRules(
  catalog: Catalog,
): Pick<Plan, "catalog" | "wrapped" | "compression"> {
  return {
    catalog: catalog.hash,
    wrapped: Object.fromEntries(
      [...catalog.types.values()]
        .filter(({ wrapped }) => wrapped.length > 0)
        .map(({ name, wrapped }) => [name, wrapped]),
    ),
    compression: catalog.compression,
  };
}

/** Throws DataRefusedError where the plan was made by another catalog. */
export function refuseOtherRules(catalog: Catalog, plan: Plan): void {
  const [found, expected] = [catalogRules(catalog), catalogRulesOf(plan)];
  if (isDeepStrictEqual(found, expected)) return;
  const difference =
    found.catalog === expected.catalog
      ? `it wraps ${JSON.stringify(found.wrapped)} with compression ${found.compression}, the plan ${JSON.stringify(expected.wrapped)} with ${expected.compression}`
      : `it is ${found.catalog}, the plan's was ${expected.catalog}`;
  throw new DataRefusedError(
    `${catalog.file} is not the catalog of plan ${formatPlanId(plan)}: ${difference}. Use the plan's catalog for all its shards and its commit, or ${planAnew(plan.hour)}`,
  );
}

function catalogRulesOf({
  catalog,
  wrapped,
  compression,
}: Plan): ReturnType<typeof catalogRules> {
  return { catalog, wrapped, compression };
}
