import type { ColumnReport } from "./describe-columns.js";

const longestValues = 70;

/** What was seen of the columns, as a table of text; the last column is open-ended. */
export function formatColumns(columns: readonly ColumnReport[]): string {
  const rows = [
    ["column", "type", "seen", "null", "missing", "values"],
    ...columns.map((report) => [
      report.column,
      report.mode === "NULLABLE"
        ? report.type
        : `${report.type} ${report.mode}`,
      String(report.seen),
      String(report.null),
      String(report.missing),
      describeValues(report),
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return column < 2 ? cell.padEnd(width) : cell.padStart(width);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function describeValues(report: ColumnReport): string {
  const { min, max, samples, empty } = report;
  const values =
    min !== undefined && max !== undefined
      ? `${min} to ${max}`
      : samples.join(", ");
  const noElements = empty ? ` (${empty} empty)` : "";
  return values.length > longestValues
    ? `${values.slice(0, longestValues)}…${noElements}`
    : values + noElements;
}
