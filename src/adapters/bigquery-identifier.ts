import { UsageError } from "../errors.js";

/** Letters, digits and what else a name of a project, dataset or table may hold; none of them ends a quoted identifier. */
const tableNameText = /^[\p{L}\p{M}\p{N}\p{Pc}\p{Pd}:. ]{1,1024}$/u;
const columnNameText = /^[A-Za-z_][A-Za-z0-9_]{0,299}$/;

/** A column's name as an identifier of GoogleSQL. The only place where one enters a statement. */
export function quoteColumn(name: string): string {
  return quote(name, columnNameText, "column");
}

/** A table of the dataset, by its full name. */
export function quoteTable(
  place: { readonly project: string; readonly dataset: string },
  table: string,
): string {
  return [place.project, place.dataset, table]
    .map((name) => quote(name, tableNameText, "table"))
    .join(".");
}

function quote(name: string, allowed: RegExp, kind: string): string {
  if (allowed.test(name)) return `\`${name}\``;
  throw new UsageError(
    `${JSON.stringify(name)} is not the name of a ${kind} in BigQuery: rename it in the catalog`,
  );
}

const longestLabel = 63;

/**
 * Keys and values as labels may be: lower case letters, digits, _ and -, 63 at most, a key beginning with a letter.
 * https://cloud.google.com/bigquery/docs/labels-intro#requirements
 */
function toLabels(
  labels: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([key, value]) => [
      toLabelText(/^[a-z]/i.test(key) ? key : `l_${key}`),
      toLabelText(value),
    ]),
  );
}

/** What a load's jobs are labelled with, by which its cost can be traced. */
export function toLoadLabels(load: {
  readonly logType: string;
  readonly folderHour: string;
  readonly run: string;
}): Record<string, string> {
  const { logType: type, folderHour: hour, run } = load;
  return toLabels({ type, hour, run });
}

function toLabelText(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "_")
    .slice(0, longestLabel);
}
