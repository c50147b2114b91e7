import type { Catalog } from "../catalog/catalog.js";

/** What `airflow pools import` reads, on Airflow 2 and 3. */
export const poolsFile = "pools.json";

const mark = "sluice: ";

/** Whether `formatPools` wrote this: every description is ours. */
export function isOurPools(text: string): boolean {
  try {
    const pools: unknown = JSON.parse(text);
    return Object.values(pools as Record<string, unknown>).every(
      (pool) =>
        typeof pool === "object" &&
        pool !== null &&
        "description" in pool &&
        String(pool.description).startsWith(mark),
    );
  } catch {
    return false;
  }
}

/** The text of pools.json; null where the catalog has no pools of its own. */
export function formatPools(catalog: Catalog): string | null {
  const pools = [...(catalog.airflow?.pools ?? [])]
    .filter(([, slots]) => slots !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, slots]) => [
      name,
      {
        slots,
        description: describeUse(catalog, name),
        // A deferred task's pod runs: it holds its slot.
        include_deferred: true,
      },
    ]);
  return pools.length === 0
    ? null
    : `${JSON.stringify(Object.fromEntries(pools), null, 2)}\n`;
}

function describeUse(catalog: Catalog, pool: string): string {
  const hasLoads = [...catalog.types.values()].some(
    (type) => type.pod?.pool === pool,
  );
  const uses = [
    ...(catalog.airflow?.classify.pool === pool ? ["log_classification"] : []),
    ...(hasLoads ? ["load DAGs"] : []),
  ];
  return `${mark}${uses.length === 0 ? "used by none of its DAGs" : uses.join(" and ")}`;
}
