import Table from "cli-table3";
import stringWidth from "fast-string-width";
import type { MessageTable } from "../ports/messenger.js";
import { framelessTable } from "./frameless-table.js";
import { oneLine } from "./one-line.js";

/** Wider cells are cut, so that a row stays on one line of a window. */
const widestCell = 40;

/** The head and a line for each row, aligned by the width at which texts are shown: a Korean letter takes two columns. */
export function formatTable({ columns, rows }: MessageTable): {
  readonly head: string;
  readonly lines: readonly string[];
} {
  const cells = [columns.map(({ name }) => name), ...rows].map((row) =>
    row.map(oneLine),
  );
  const widths = columns.map((_, column) =>
    Math.min(
      widestCell,
      Math.max(1, ...cells.map((row) => stringWidth(row[column] ?? ""))),
    ),
  );
  const table = new Table({
    ...framelessTable,
    colWidths: widths,
    colAligns: columns.map(({ align }) => align),
  });
  table.push(...cells);
  const [head = "", ...lines] = table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
  return { head, lines };
}
