import { UsageError } from "../../errors.js";
import { shapeOrigin } from "../origin-shape.js";
import { quoteFound } from "../../schema/quote-found.js";
import { suggestName } from "../../schema/suggest-name.js";
import type { FieldType, TableField } from "../../schema/table-field.js";
import type { Catalog, LogType } from "../catalog.js";
import type { Rule } from "./rule.js";

// https://cloud.google.com/bigquery/docs/creating-clustered-tables#limitations
const mostClusterColumns = 4;
const clusterTypes: readonly FieldType[] = [
  "BIGNUMERIC",
  "BOOLEAN",
  "DATE",
  "DATETIME",
  "GEOGRAPHY",
  "INTEGER",
  "NUMERIC",
  "STRING",
  "TIMESTAMP",
];

export const clusterColumnsFit: Rule = (context) =>
  Object.entries(context.raw.types ?? {}).flatMap(([name, raw]) => {
    const type = context.catalog.types.get(name);
    if (type === undefined || raw?.cluster_by === undefined) return [];
    const path = ["types", name, "cluster_by"];
    const most = mostClusterColumns - (type.partitionBy === "day" ? 1 : 0);
    const listed = type.clusterBy.length;
    if (listed > most) {
      const reason =
        most < mostClusterColumns
          ? ", because partition: day has folder_hour first"
          : "";
      return [
        context.problemAt(
          path,
          `lists ${listed} columns: expected at most ${most}${reason}`,
        ),
      ];
    }
    const fields = context.schemas.get(name);
    const shape =
      fields === undefined ? null : tryShape(type, fields, context.catalog);
    if (fields === undefined || shape === null) return [];
    return [...raw.cluster_by.entries()].flatMap(([index, column]) => {
      const fault = findClusterFault(type, column, shape, fields);
      return fault === null
        ? []
        : [context.problemAt([...path, String(index)], fault)];
    });
  });

/** Null where the column rules themselves are at fault, which their own rules tell. */
function tryShape(
  type: LogType,
  fields: readonly TableField[],
  { timezone }: Catalog,
): readonly TableField[] | null {
  try {
    return shapeOrigin(type, fields, timezone).fields;
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}

function findClusterFault(
  type: LogType,
  column: string,
  table: readonly TableField[],
  schema: readonly TableField[],
): string | null {
  const found = quoteFound(column);
  const field = table.find(({ name }) => name === column);
  if (field === undefined) {
    const rule = schema.some(({ name }) => name === column)
      ? type.columns.get(column)
      : undefined;
    if (rule?.drop === true) return `${found} is dropped from the table`;
    if (rule?.rename != null)
      return `${found} is called ${rule.rename} in the table`;
    const names = table.map(({ name }) => name);
    const hint =
      suggestName(column, names) || `: expected one of ${names.join(", ")}`;
    return `the table has no column ${found}${hint}`;
  }
  if (column === "folder_hour" && type.partitionBy === "day")
    return "partition: day has folder_hour first of itself: leave it out";
  if (field.mode === "REPEATED" || !clusterTypes.includes(field.type)) {
    const repeated = field.mode === "REPEATED" ? " REPEATED" : "";
    return `the column is ${field.type}${repeated}: BigQuery clusters by ${clusterTypes.join(", ")}, none of them REPEATED`;
  }
  return null;
}

// 10,000 partitions a table: https://cloud.google.com/bigquery/quotas#partitioned_tables
const mostHourlyDays = 415;

export const expirationFitsPartitions: Rule = ({
  catalog,
  isLeftOut,
  problemAt,
}) =>
  [...catalog.types.values()].flatMap((type) => {
    const path = ["types", type.name];
    const days = type.expirationDays;
    if (type.partitionBy === "none" && days !== null) {
      const message =
        "partition: none leaves nothing that expires: expected partition: hour, day or month";
      return [problemAt([...path, "expiration_days"], message)];
    }
    if (type.partitionBy !== "hour") return [];
    if (isLeftOut([...path, "expiration_days"])) return [];
    if (days === null) {
      const message = `hour needs expiration_days, from 1 to ${mostHourlyDays}, beside it: BigQuery holds 10,000 partitions a table, which hours fill in 416 days`;
      return [problemAt([...path, "partition"], message)];
    }
    if (days <= mostHourlyDays) return [];
    const message = `${days} is not from 1 to ${mostHourlyDays}: BigQuery holds 10,000 partitions a table, which hours (partition: hour) fill in 416 days`;
    return [problemAt([...path, "expiration_days"], message)];
  });

export const partitionFilterNeedsPartitions: Rule = ({ raw, problemAt }) =>
  Object.entries(raw.types ?? {}).flatMap(([name, type]) =>
    type?.partition === "none" && type.require_partition_filter === true
      ? [
          problemAt(
            ["types", name, "require_partition_filter"],
            "partition: none leaves no partitions to ask for: expected partition: hour, day or month",
          ),
        ]
      : [],
  );

// https://cloud.google.com/bigquery/docs/labels-intro#requirements
const mostLabels = 64;
/** What a job's own labels tell: type, hour and run. */
const jobLabels = ["type", "hour", "run"];

export const labelsAreFew: Rule = ({ raw, catalog, problemAt }) => {
  const ofJobs = Object.keys(catalog.bigquery.labels);
  const mostOfJobs = mostLabels - jobLabels.length;
  const taken = ofJobs
    .filter((key) => jobLabels.includes(key))
    .map((key) =>
      problemAt(
        ["bigquery", "labels", key],
        `every job has a ${key} of its own (sluice labels it with ${jobLabels.join(", ")}): choose another key`,
      ),
    );
  if (ofJobs.length > mostOfJobs) {
    const message = `lists ${ofJobs.length} labels: expected at most ${mostOfJobs}, because a job has ${mostLabels}, and ${jobLabels.join(", ")} are among them`;
    return [...taken, problemAt(["bigquery", "labels"], message)];
  }
  const ofTables = [...catalog.types.values()].flatMap(({ name, labels }) => {
    const count = Object.keys(labels).length;
    if (count <= mostLabels || raw.types?.[name]?.labels === undefined)
      return [];
    const message = `the table would have ${count} labels, those of bigquery.labels included: expected at most ${mostLabels}`;
    return [problemAt(["types", name, "labels"], message)];
  });
  return [...taken, ...ofTables];
};
