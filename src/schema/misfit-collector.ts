import { MisfitError, type Misfit } from "../errors.js";
import type { RowMisfit } from "./judge-row.js";

/** Past this many groups only their number is kept: a row may bring any number of unknown keys. */
const largestGroupCount = 200;
const longestExampleText = 500;

/** Groups misfits by column, expected and found, with the number of rows and the first example of each. */
export interface MisfitCollector {
  readonly rowCount: number;
  add(
    misfits: readonly RowMisfit[],
    source: string,
    line: number,
    text: string,
  ): void;
  misfits(): readonly Misfit[];
  /** The refusal, in words. */
  toError(what: string): MisfitError;
}

export function createMisfitCollector(): MisfitCollector {
  const groups = new Map<
    string,
    { -readonly [Key in keyof Misfit]: Misfit[Key] }
  >();
  let rowCount = 0;
  let ungrouped = 0;

  function add(
    misfits: readonly RowMisfit[],
    source: string,
    line: number,
    text: string,
  ): void {
    rowCount += 1;
    const inThisRow = new Set<string>();
    for (const misfit of misfits) {
      const key = JSON.stringify([
        misfit.column,
        misfit.expected,
        misfit.found,
      ]);
      if (inThisRow.has(key)) continue;
      inThisRow.add(key);
      const group = groups.get(key);
      if (group !== undefined) group.count += 1;
      else if (groups.size >= largestGroupCount) ungrouped += 1;
      else
        groups.set(key, {
          ...misfit,
          count: 1,
          example: { source, line, text: truncate(text) },
        });
    }
  }

  function misfits(): readonly Misfit[] {
    return [...groups.values()];
  }

  return {
    get rowCount() {
      return rowCount;
    },
    add,
    misfits,
    toError(what) {
      const more =
        ungrouped > 0
          ? [`  and ${ungrouped} further misfits of other columns`]
          : [];
      const message = [
        `${what}: ${rowCount} ${rowCount === 1 ? "row does" : "rows do"} not fit the schema; nothing was loaded`,
        ...misfits().map(formatMisfit),
        ...more,
        "Mend the schema file (or wrap the column, or mend the logs) and load again.",
      ].join("\n");
      return new MisfitError(message, misfits());
    },
  };
}

function formatMisfit(misfit: Misfit): string {
  const { source, line, text } = misfit.example;
  const column = misfit.column === "" ? "the row" : misfit.column;
  const rows = misfit.count === 1 ? "1 row" : `${misfit.count} rows`;
  return `  ${column}: expected ${misfit.expected}, found ${misfit.found} in ${rows}; first ${source}:${line} ${text}`;
}

function truncate(text: string): string {
  return text.length > longestExampleText
    ? `${text.slice(0, longestExampleText)}…`
    : text;
}
