import type {
  AirflowSettings,
  ColumnRule,
  LogType,
} from "../catalog/catalog.js";
import { twoDigits } from "./two-digits.js";

/** The markdown that Airflow shows on the page of the classifier's DAG. */
export function describeClassifier(airflow: AirflowSettings): string {
  const minute = twoDigits(airflow.classify.minute);
  return [
    "# Classification of log hours",
    "",
    "Splits one folder hour of the source into one file set per log type, sets broken lines aside and writes the hour's manifest.",
    "",
    `Every hour at :${minute}. The run of logical date 03:${minute} starts at 04:${minute} and classifies hour 03 (UTC).`,
    "",
    ...describeDoingAgain(
      "log_classification",
      "Afterwards the hour must be loaded again. The DAG log_reload does both, for any hours and types.",
    ),
  ].join("\n");
}

/** The markdown that Airflow shows on the page of a type's DAG. */
export function describeLoad(
  type: LogType,
  dagId: string,
  minute: number,
  classifyMinute: number,
): string {
  const at = twoDigits(minute);
  return [
    `# ${type.table}`,
    "",
    ...(type.description === null ? [] : [type.description, ""]),
    `Log type: ${type.name}. Owner: ${type.owner}.`,
    "",
    `Schema: schemas/tables/${type.name}.json, after the column rules below, and folder_hour (TIMESTAMP), the UTC hour of the source folder.`,
    "",
    ...describeColumns(type.columns),
    `Every hour at :${at}. The run of logical date 03:${at} starts at 04:${at} and loads hour 03 (UTC); ` +
      `it waits for the classifier's run of 03:${twoDigits(classifyMinute)}.`,
    "",
    ...describeDoingAgain(
      dagId,
      "An hour's rows are replaced whole: a reload any number of times gives the same table.",
    ),
  ].join("\n");
}

/** The markdown of log_reload. */
export function describeReload(): string {
  return [
    "# Do hours again",
    "",
    "Run by hand: classifies every folder hour from `from` to `to` again, both included, then loads the chosen log types of each. Every hour is a task, and every type of an hour. An hour's rows are replaced whole, so that done hours may be done again.",
    "",
    "Choose the hours and types in the form, or on the command line, Airflow 2 and 3 alike:",
    "",
    `    airflow dags trigger log_reload --conf '{"from": "2026-11-21T03", "to": "2026-11-21T05", "types": ["page_view"]}'`,
    "",
    "Without types it loads all of them. Airflow maps a task to at most `[core] max_map_length` pods, 1024 by default: hours times types may not be more. For more, `sluice backfill` prints the commands.",
    "",
  ].join("\n");
}

/** The markdown of log_reconcile. */
export function describeReconcile({ reconcile }: AirflowSettings): string {
  return [
    "# What was left undone",
    "",
    `Every hour at :${twoDigits(reconcile.minute)}: looks at ${reconcile.hours} folder hours, up to the one that ended two hours ago, and does what failed or missed runs left undone: hours whose source has changed since, hours and types that were never done.`,
    "",
    "It succeeds where nothing is left. It looks at the same hours whenever it is run by hand.",
    "",
  ].join("\n");
}

/** The markdown of log_watch. */
export function describeWatch({ watch }: AirflowSettings): string {
  const minute = twoDigits(watch.minute);
  return [
    "# What the counts say",
    "",
    `Every hour at :${minute}. The run of logical date 03:${minute} starts at 04:${minute} and watches hour 02 (UTC), whose loads have all been started by then: missing, late, drop, jump and the other rules of the catalog's \`watch\`.`,
    "",
    "A finding is told by the channels that the catalog names; it does not fail the run.",
    "",
  ].join("\n");
}

/** The markdown of log_report. */
export function describeReport(
  { report }: AirflowSettings,
  timezone: string,
): string {
  const at = `${twoDigits(report.hour)}:${twoDigits(report.minute)}`;
  return [
    "# Rows of a day",
    "",
    `Every day at ${at} (${timezone}): sends the report of the day before.`,
    "",
    "A day again:",
    "",
    `    airflow dags trigger log_report --conf '{"day": "2026-11-21"}'`,
    "",
  ].join("\n");
}

function describeDoingAgain(dagId: string, remark: string): string[] {
  return [
    "## Do an hour again",
    "",
    "Trigger the DAG with `hour` set in the form, or on the command line, Airflow 2 and 3 alike:",
    "",
    `    airflow dags trigger ${dagId} --conf '{"hour": "2026-11-21T03"}'`,
    "",
    `${remark} \`sluice backfill --from HOUR --to HOUR\` prints the commands for many hours.`,
    "",
  ];
}

function describeColumns(columns: ReadonlyMap<string, ColumnRule>): string[] {
  if (columns.size === 0)
    return ["No column rules: the columns are those of the schema file.", ""];
  return [
    "Column rules:",
    "",
    ...[...columns].map(([name, rule]) => `- ${name}: ${describeRule(rule)}`),
    "",
  ];
}

function describeRule(rule: ColumnRule): string {
  const parts = [
    rule.drop ? "dropped" : null,
    rule.wrap === null ? null : "kept as text",
    rule.from === null ? null : `${rule.from} to ${rule.to ?? "timestamp"}`,
    rule.sql === null ? null : `SQL ${rule.sql}`,
    rule.rename === null ? null : `renamed to ${rule.rename}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? "as it is" : parts.join(", ");
}
