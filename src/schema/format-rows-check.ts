import type { RowsCheck } from "./check-rows.js";
import { formatShare } from "./format-share.js";

const longestText = 200;

/** What was found, in words. */
export function formatRowsCheck(
  schemaFile: string,
  check: RowsCheck & { readonly skipped: number },
): string {
  const { rows, skipped, misfit_rows: misfitRows, misfits } = check;
  const others =
    skipped > 0 ? `; ${skipped} of other types were not looked at` : "";
  if (misfitRows === 0)
    return `${schemaFile}: ${countRows(rows)} ${rows === 1 ? "fits" : "fit"}${others}`;
  const told = new Set<string>();
  const lines = misfits.flatMap((misfit) => {
    const { column, expected, found, count, share, first, mend } = misfit;
    const place = column === "" ? "the row" : column;
    const isTold = told.has(`${column} ${mend}`);
    told.add(`${column} ${mend}`);
    return [
      `${place}: expected ${expected}, found ${found} in ${countRows(count)} (${formatShare(share)})`,
      ...first.map(
        ({ source, line, value, text }) =>
          `  ${source}:${line} ${shorten(value ?? text)}`,
      ),
      ...(isTold ? [] : [`  to mend it: ${mend}`]),
    ];
  });
  const more = check.further_misfits;
  return [
    `${schemaFile}: ${misfitRows} of ${countRows(rows)} (${formatShare(misfitRows / rows)}) ${misfitRows === 1 ? "does" : "do"} not fit${others}`,
    ...lines,
    ...(more > 0 ? [`and ${more} further misfits of other kinds`] : []),
  ].join("\n");
}

function countRows(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}

function shorten(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}
