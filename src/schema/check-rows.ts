import type { TimeFormat } from "../ports/warehouse.js";
import { createSchemaInferrer } from "./infer-schema.js";
import { compileRowJudge, type RowMisfit } from "./judge-row.js";
import { findMask, holdsMasked } from "./find-mask.js";
import { maskMisfits } from "./mask-misfits.js";
import { maskRow } from "./mask-row.js";
import { describeMend } from "./mend-misfit.js";
import { createMisfitCollector } from "./misfit-collector.js";
import { readValueAt } from "./read-value-at.js";
import type { TableField } from "./table-field.js";
import type { SampleRow } from "./value-shape.js";

export interface CheckedMisfit {
  /** Dotted path; empty for the row itself. */
  readonly column: string;
  readonly expected: string;
  readonly found: string;
  /** Rows. */
  readonly count: number;
  /** Of all rows, 0 to 1. */
  readonly share: number;
  readonly first: readonly {
    readonly source: string;
    readonly line: number;
    /** What stands at the column, as it is spelled; null where nothing does. */
    readonly value: string | null;
    /** The row. */
    readonly text: string;
  }[];
  /** What a person can do so that such rows load. */
  readonly mend: string;
}

/** Printed as it is by `--json`. */
export interface RowsCheck {
  readonly rows: number;
  readonly misfit_rows: number;
  /** The most frequent first. */
  readonly misfits: readonly CheckedMisfit[];
  /** Misfits past the number of groups that are kept. */
  readonly further_misfits: number;
}

export interface RowsChecker {
  readonly add: (row: SampleRow) => void;
  finish(): RowsCheck;
}

const examplesKept = 3;
/** As many as the collector keeps, and some. */
const groupsKept = 250;

/** Judges rows as the load does, and groups what does not fit. `mask`: dotted paths of columns whose values are not shown. */
export function createRowsChecker(
  fields: readonly TableField[],
  timeFormats: ReadonlyMap<string, TimeFormat>,
  mask: readonly string[] = [],
): RowsChecker {
  const judge = compileRowJudge(fields, timeFormats);
  const collector = createMisfitCollector({ examplesKept, mask });
  const inferrer = createSchemaInferrer({
    quoted: "string",
    times: "infer",
    required: false,
    existing: null,
  });
  const counts = new Map<string, number>();
  const values = new Map<string, string | null>();
  let rows = 0;

  /** The collector keeps a row's beginning only, so that its values are read as it passes. */
  function keepValues(row: SampleRow, misfits: readonly RowMisfit[]): void {
    for (const { column, expected, found } of maskMisfits(misfits, mask)) {
      const key = JSON.stringify([column, expected, found]);
      const kept = counts.get(key) ?? 0;
      if (kept >= examplesKept || counts.size > groupsKept) continue;
      counts.set(key, kept + 1);
      const text = maskRow(row.text, mask);
      values.set(valueKey(column, row), readValueAt(text, column));
    }
  }

  return {
    add(row) {
      rows += 1;
      const judged = judge(row.text);
      if (!("misfits" in judged)) return;
      collector.add(judged.misfits, row.source, row.line, row.text);
      keepValues(row, judged.misfits);
      inferrer.add(row);
    },
    finish() {
      const inferred = collector.rowCount > 0 ? inferrer.finish().fields : [];
      const misfits = collector
        .misfits()
        .map(({ column, expected, found, count, examples }) => ({
          column,
          expected,
          found,
          count,
          share: count / rows,
          first: examples.map(({ source, line, text }) => ({
            source,
            line,
            value: values.get(valueKey(column, { source, line })) ?? null,
            text,
          })),
          mend: describeMend(
            { column, expected, found },
            // The names of what it would hold may be values.
            findMask(column, mask) !== undefined || holdsMasked(column, mask)
              ? null
              : findField(inferred, column),
          ),
        }))
        .sort((one, other) => other.count - one.count);
      return {
        rows,
        misfit_rows: collector.rowCount,
        misfits,
        further_misfits: collector.ungroupedCount,
      };
    },
  };
}

function valueKey(
  column: string,
  { source, line }: Pick<SampleRow, "source" | "line">,
): string {
  return JSON.stringify([column, source, line]);
}

function findField(
  fields: readonly TableField[],
  path: string,
): TableField | null {
  const exact = fields.find(({ name }) => name === path);
  if (exact !== undefined) return exact;
  const dot = path.indexOf(".");
  if (dot === -1) return null;
  const parent = fields.find(({ name }) => name === path.slice(0, dot));
  return parent === undefined
    ? null
    : findField(parent.fields, path.slice(dot + 1));
}
