import { MisfitError, type Misfit } from "../errors.js";
import { groupBy } from "../group-by.js";
import type { RowMisfit } from "./judge-row.js";
import { copyText } from "./copy-text.js";
import { maskMisfits } from "./mask-misfits.js";
import { maskRow } from "./mask-row.js";
import { describeMend, newColumn } from "./mend-misfit.js";

/** Past this many groups only their number is kept: a row may bring any number of unknown keys. */
const largestGroupCount = 200;
const longestExampleText = 500;

/** A group with more than its first row. */
export interface MisfitGroup extends Misfit {
  /** The first rows, `example` among them. */
  readonly examples: readonly Misfit["example"][];
}

/** Groups misfits by column, expected and found, with the number of rows and the first example of each. */
export interface MisfitCollector {
  readonly rowCount: number;
  /** Misfits that are in no group, because there are too many groups. */
  readonly ungroupedCount: number;
  add(
    misfits: readonly RowMisfit[],
    source: string,
    line: number,
    text: string,
  ): void;
  misfits(): readonly MisfitGroup[];
  /** The refusal, in words. `rowsSeen`: how many rows were looked at, the fitting ones included. */
  toError(what: string, rowsSeen?: number): MisfitError;
}

export interface CollectorOptions {
  /** First rows of each group. */
  readonly examplesKept?: number;
  /** Dotted paths of columns whose values are not shown. */
  readonly mask?: readonly string[];
}

export function createMisfitCollector({
  examplesKept = 1,
  mask = [],
}: CollectorOptions = {}): MisfitCollector {
  const groups = new Map<
    string,
    RowMisfit & { count: number; readonly examples: Misfit["example"][] }
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
    for (const misfit of maskMisfits(misfits, mask)) {
      const key = JSON.stringify([
        misfit.column,
        misfit.expected,
        misfit.found,
      ]);
      if (inThisRow.has(key)) continue;
      inThisRow.add(key);
      let group = groups.get(key);
      if (group === undefined && groups.size >= largestGroupCount) {
        ungrouped += 1;
        continue;
      }
      group ??= { ...misfit, count: 0, examples: [] };
      groups.set(key, group);
      group.count += 1;
      if (group.examples.length < examplesKept)
        group.examples.push({
          source,
          line,
          text: truncate(maskRow(text, mask)),
        });
    }
  }

  function misfits(): readonly MisfitGroup[] {
    return [...groups.values()].flatMap((group) => {
      const [example] = group.examples;
      return example === undefined ? [] : [{ ...group, example }];
    });
  }

  return {
    get rowCount() {
      return rowCount;
    },
    get ungroupedCount() {
      return ungrouped;
    },
    add,
    misfits,
    toError(what, rowsSeen) {
      const more =
        ungrouped > 0
          ? [`  and ${ungrouped} further misfits of other columns`]
          : [];
      const rows =
        rowsSeen === undefined
          ? `${rowCount} ${rowCount === 1 ? "row does" : "rows do"}`
          : `${rowCount} of ${rowsSeen} rows ${rowCount === 1 ? "does" : "do"}`;
      const message = [
        `${what}: ${rows} not fit the schema; nothing was loaded`,
        ...formatMisfits(misfits()),
        ...more,
        "Mend the schema file (or wrap the column, or mend the logs) and load again; sluice schema check tries it without a load.",
      ].join("\n");
      return new MisfitError(message, misfits());
    },
  };
}

/** What would mend a new column depends on all that was found in it, so that it is told once. */
function formatMisfits(misfits: readonly Misfit[]): string[] {
  const isNew = ({ expected }: Misfit) => expected === newColumn;
  const byColumn = groupBy(misfits.filter(isNew), ({ column }) => column);
  return misfits.map((misfit) => {
    if (!isNew(misfit)) return formatMisfit(misfit, describeMend(misfit));
    const same = byColumn.get(misfit.column) ?? [misfit];
    const founds = same.map(({ found }) => found);
    const told = same.find(({ found }) => !found.endsWith(" null")) ?? same[0];
    const mend = told === misfit ? describeMend(misfit, null, founds) : null;
    return formatMisfit(misfit, mend);
  });
}

function formatMisfit(misfit: Misfit, mend: string | null): string {
  const { source, line, text } = misfit.example;
  const column = misfit.column === "" ? "the row" : misfit.column;
  const rows = misfit.count === 1 ? "1 row" : `${misfit.count} rows`;
  return `  ${column}: expected ${misfit.expected}, found ${misfit.found} in ${rows}; first ${source}:${line} ${text}${mend === null ? "" : `\n    ${mend}`}`;
}

function truncate(text: string): string {
  return text.length > longestExampleText
    ? copyText(`${text.slice(0, longestExampleText)}…`)
    : copyText(text);
}
