import { UsageError } from "../errors.js";
import type { OriginTable, Partitioning } from "../ports/warehouse.js";

/** How a table's rows lie, as the REST API says it. */
export interface TableLayout {
  readonly timePartitioning?: {
    readonly type?: string;
    readonly field?: string;
    /** Text: it is an int64. */
    readonly expirationMs?: string;
  };
  readonly rangePartitioning?: { readonly field?: string };
  readonly clustering?: { readonly fields?: readonly string[] };
}

const dayMs = 86_400_000;
const mostClusterColumns = 4;

export function planLayout(table: OriginTable): TableLayout {
  const { partitionBy, expirationDays } = table;
  const columns = planClustering(table);
  const clustering = columns.length > 0 ? { fields: columns } : undefined;
  return {
    ...(partitionBy === "none"
      ? {}
      : {
          timePartitioning: {
            type: partitionBy.toUpperCase(),
            field: "folder_hour",
            ...(expirationDays === undefined
              ? {}
              : { expirationMs: String(expirationDays * dayMs) }),
          },
        }),
    ...(clustering && { clustering }),
  };
}

function planClustering({
  table,
  partitionBy,
  clusterBy = [],
}: OriginTable): readonly string[] {
  const columns = [
    // Within a day's partition, the DELETE of an hour then reads that hour's blocks only.
    ...(partitionBy === "day" ? ["folder_hour"] : []),
    ...clusterBy.filter((column) => column.toLowerCase() !== "folder_hour"),
  ];
  if (columns.length <= mostClusterColumns) return columns;
  throw new UsageError(
    `${table}: cluster_by names ${columns.length} columns (${columns.join(", ")}), folder_hour included; BigQuery takes ${mostClusterColumns}: name fewer in the catalog`,
  );
}

/** What a standing table has of another layout than planned, and what its loads cost for that. None where it fits. */
export function compareLayout(
  planned: TableLayout,
  standing: TableLayout & { readonly numBytes?: string },
  table: string,
): readonly string[] {
  const size = formatBytes(Number(standing.numBytes ?? 0));
  const wanted = partitioningOf(planned);
  const found = partitioningOf(standing);
  const findings: string[] = [];
  if (found !== wanted) {
    findings.push(
      `${table} is ${describePartitioning(standing)}, and the catalog says partition_by: ${wanted}. It is left as it is: ${describeDelete(found, size)}. ` +
        "To change it, copy its rows into a new table of the layout that the catalog says, or say the table's own there",
    );
  }
  const [clusteredBy, clusterBy] = [
    clusteringOf(standing),
    clusteringOf(planned),
  ];
  if (clusteredBy !== clusterBy) {
    const hourIsApart = standing.clustering?.fields?.[0] === "folder_hour";
    const cost =
      found === "day" && !hourIsApart
        ? `: each load's DELETE reads its hour's whole day (the table has ${size})`
        : "";
    findings.push(
      `${table} is clustered by ${clusteredBy}, and the catalog says ${clusterBy}. It is left as it is${cost}. To change it: bq update --clustering_fields=${clusterBy.replaceAll(" ", "")}`,
    );
  }
  return findings;
}

/** What deletes a table's rows though the catalog does not say so; a dataset's defaults hold for every table made in it that does not name another time. */
export function compareExpiry(
  planned: TableLayout,
  standing: TableLayout & { readonly expirationTime?: string },
  table: string,
): readonly string[] {
  const findings: string[] = [];
  const { expirationTime } = standing;
  if (expirationTime !== undefined) {
    findings.push(
      `${table} will be deleted with all its rows at ${describeTime(expirationTime)}, which the catalog does not say; the dataset's default, if it has one, sets that on each new table. To keep it: bq update --expiration 0`,
    );
  }
  const wanted = partitioningOf(planned);
  const found = partitioningOf(standing);
  const keptMs = standing.timePartitioning?.expirationMs ?? "0";
  const keepMs = planned.timePartitioning?.expirationMs ?? "0";
  const isAsked = found === wanted && found !== "none";
  if (keptMs !== keepMs && (isAsked || keptMs !== "0")) {
    findings.push(
      `${table} keeps its partitions ${describeDays(keptMs)}, and the catalog says ${describeDays(keepMs)}. It is left as it is. To change it: bq update --time_partitioning_expiration=${Number(keepMs) / 1000}`,
    );
  }
  return findings;
}

/** Milliseconds since the epoch, which may lie beyond what a Date holds. */
function describeTime(milliseconds: string): string {
  const time = new Date(Number(milliseconds));
  return Number.isNaN(time.getTime())
    ? `${milliseconds} ms`
    : time.toISOString();
}

/** `none` where the partitions are not those of folder_hour: a DELETE by it can't leave any out. */
function partitioningOf(layout: TableLayout): Partitioning | "year" {
  const { type, field } = layout.timePartitioning ?? {};
  if (type === undefined || field?.toLowerCase() !== "folder_hour")
    return "none";
  return type.toLowerCase() as Partitioning | "year";
}

function clusteringOf({ clustering }: TableLayout): string {
  return clustering?.fields?.join(", ") ?? "nothing";
}

function describePartitioning(layout: TableLayout): string {
  const { timePartitioning, rangePartitioning } = layout;
  const { type, field = "the time of ingestion" } = timePartitioning ?? {};
  if (type !== undefined)
    return `partitioned by ${type.toLowerCase()} of ${field}`;
  return rangePartitioning === undefined
    ? "not partitioned"
    : `partitioned by ranges of ${rangePartitioning.field ?? "a column"}`;
}

function describeDelete(found: Partitioning | "year", size: string): string {
  switch (found) {
    case "none":
      return `each load's DELETE reads and bills the whole table, ${size} now`;
    case "hour":
      return "each load's DELETE reads its own hour's partition only; a table has 10,000 partitions at most, 416 days of hours";
    case "day":
    case "month":
    case "year":
      return `each load's DELETE reads and bills the ${found} of its hour (the table has ${size})`;
  }
}

function describeDays(milliseconds: string): string {
  const days = Number(milliseconds) / dayMs;
  return days === 0 ? "for ever" : `${days} days`;
}

function formatBytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(
    Math.floor(Math.log2(Math.max(bytes, 1)) / 10),
    units.length - 1,
  );
  const value = bytes / 1024 ** power;
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${units[power] ?? ""}`;
}
