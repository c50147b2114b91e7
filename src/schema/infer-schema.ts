import { parseJson, type JsonNode } from "../json/parse-json.js";
import {
  chooseField,
  type ChooseOptions,
  type InferenceFinding,
} from "./choose-column.js";
import { findColumnNameFault } from "./column-name.js";
import { describeColumns, type ColumnReport } from "./describe-columns.js";
import { findWarnings } from "./find-warnings.js";
import { compileRowJudge } from "./judge-row.js";
import { mergeFields } from "./merge-fields.js";
import type { TableField } from "./table-field.js";
import {
  createShapeObserver,
  type Member,
  type SampleRow,
} from "./value-shape.js";

export interface InferOptions extends ChooseOptions {
  /** A schema to start from: its columns stay, in their order and with their descriptions, wherever every row fits them. */
  readonly existing: readonly TableField[] | null;
  /** Dotted paths of columns whose values are not shown; names of columns are. */
  readonly mask?: readonly string[];
}

export interface Inference {
  /** Every row that was seen fits these columns, where `faults` is empty. */
  readonly fields: readonly TableField[];
  readonly columns: readonly ColumnReport[];
  /** Types that can only be JSON or may be meant otherwise, and other warnings. */
  readonly findings: readonly InferenceFinding[];
  /** What no schema can hold: rows that are no objects, keys that are no column names. */
  readonly faults: readonly InferenceFinding[];
  readonly rows: number;
}

export interface SchemaInferrer {
  readonly add: (row: SampleRow) => void;
  finish(): Inference;
}

/** BigQuery's limit on all columns of a table, those of RECORDs included. */
const maxColumns = 10_000;
const maxFaults = 100;

/**
 * Infers a schema from rows. Types are the narrowest that lose nothing: what is of several kinds, or can't be columns, becomes JSON, with
 * a finding that says why. New columns stand in the order of their first appearance.
 */
export function createSchemaInferrer(options: InferOptions): SchemaInferrer {
  const observer = createShapeObserver(options.mask);
  const faults = new Map<string, InferenceFinding>();
  const { existing } = options;
  const judge = existing === null ? null : compileRowJudge(existing);
  const misfits = new Map<string, Set<string>>();
  let rows = 0;

  function addFault(column: string, message: string, where = ""): void {
    const key = `${column} ${message}`;
    if (faults.size < maxFaults && !faults.has(key))
      faults.set(key, { column, message: message + where });
  }

  return {
    add(row) {
      rows += 1;
      const node = readRow(row.text);
      if (node === null) {
        addFault("", "is no JSON object", `: ${row.source}:${row.line}`);
        return;
      }
      observer.observe(row, node);
      if (judge === null) return;
      const judged = judge(row.text);
      if (!("misfits" in judged)) return;
      for (const { column, found } of judged.misfits) {
        const known = misfits.get(column.toLowerCase());
        if (known === undefined)
          misfits.set(column.toLowerCase(), new Set([found]));
        else known.add(found);
      }
    },
    finish() {
      const { root } = observer;
      const { objects } = root;
      if (objects?.isCrowded === true)
        addFault(
          "",
          `has over ${maxColumns} different keys: BigQuery takes as many columns at most`,
        );
      if (objects?.repeatedKey != null) {
        const { key, source, line } = objects.repeatedKey;
        addFault(
          "",
          `has a key twice, or twice but for its case (first ${JSON.stringify(key)}, ${source}:${line})`,
        );
      }
      const findings: InferenceFinding[] = [];
      const inferred: TableField[] = [];
      for (const member of objects?.members.values() ?? []) {
        const fault = findTopFault(member);
        if (fault !== null) addFault(member.name, fault);
        else
          inferred.push(
            chooseField(
              member,
              member.name,
              objects?.count ?? 0,
              1,
              options,
              findings,
            ),
          );
      }
      const merged =
        existing === null
          ? inferred
          : mergeFields(existing, inferred, misfits, findings);
      const fields = keepUnderLimit(merged, findings);
      return {
        fields,
        columns: describeColumns(fields, root),
        findings: [...findings, ...findWarnings(fields, root, options)],
        faults: [...faults.values()],
        rows,
      };
    },
  };
}

function findTopFault({ name }: Member): string | null {
  return name.toLowerCase() === "folder_hour"
    ? "is added by sluice itself: rename it in the logs"
    : findColumnNameFault(name);
}

function readRow(line: string): JsonNode | null {
  try {
    JSON.parse(line);
    const node = parseJson(line);
    return node.kind === "object" ? node : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function keepUnderLimit(
  fields: readonly TableField[],
  findings: InferenceFinding[],
): readonly TableField[] {
  let kept = fields;
  while (countColumns(kept) > maxColumns) {
    const widest = kept.reduce((one, other) =>
      countColumns(other.fields) > countColumns(one.fields) ? other : one,
    );
    if (widest.fields.length === 0) return kept;
    findings.push({
      column: widest.name,
      message: `has ${countColumns(widest.fields)} columns, too many for a table of ${maxColumns}: JSON`,
    });
    kept = kept.map((field) =>
      field === widest
        ? { name: field.name, type: "JSON", mode: "NULLABLE", fields: [] }
        : field,
    );
  }
  return kept;
}

function countColumns(fields: readonly TableField[]): number {
  return fields.reduce((sum, field) => sum + 1 + countColumns(field.fields), 0);
}
