import type { Problem } from "../../errors.js";
import type { Partitioning } from "../../ports/warehouse.js";
import type { RuleContext } from "./rule.js";

// https://cloud.google.com/bigquery/pricing#dml_on_demand
const costs: Readonly<Partial<Record<Partitioning, string>>> = {
  month:
    "month: to replace an hour, BigQuery's DELETE bills its whole month; with day it bills at most one day, with hour nothing",
  none: "none: to replace an hour, BigQuery's DELETE bills the whole table; with day it bills at most one day, with hour nothing",
};

/** What is allowed, and costs more than its author may think. */
export function findCatalogWarnings({
  catalog,
  problemAt,
}: RuleContext): Problem[] {
  return [...catalog.types.values()].flatMap((type) => {
    const cost = costs[type.partitionBy];
    return cost === undefined
      ? []
      : [problemAt(["types", type.name, "partition"], cost)];
  });
}
