import { parseJson, type JsonNode } from "../json/parse-json.js";
import type { TimeFormat } from "../ports/warehouse.js";
import { judgeTimeFormat } from "./judge-time-format.js";
import { nameNewValue } from "./name-new-value.js";
import { judgeValue, nameKind, Unfit, type Cell } from "./judge-value.js";
import type { TableField } from "./table-field.js";

/** One misfit of one row. `column` is a dotted path without array indexes; empty for the row itself. */
export interface RowMisfit {
  readonly column: string;
  readonly expected: string;
  readonly found: string;
}

/** Judges one line: the columns' cells in the schema's order, or every misfit. */
export type RowJudge = (
  line: string,
) =>
  | { readonly cells: readonly Cell[] }
  | { readonly misfits: readonly RowMisfit[] };

type ObjectNode = Extract<JsonNode, { kind: "object" }>;

interface ColumnJudge {
  readonly field: TableField;
  readonly path: string;
  readonly record: RecordJudge | null;
  readonly timeFormat: TimeFormat | null;
}

interface RecordJudge {
  readonly path: string;
  readonly columns: readonly ColumnJudge[];
  /** By key in lower case. */
  readonly byKey: ReadonlyMap<string, number>;
}

/**
 * Prepares the judgement of rows by BigQuery's rules for NDJSON (see judgeValue). `timeFormats`: top-level columns whose values must
 * also be readable as times in that format.
 */
export function compileRowJudge(
  fields: readonly TableField[],
  timeFormats: ReadonlyMap<string, TimeFormat> = new Map(),
): RowJudge {
  const record = compileRecord(fields, "", timeFormats);
  return (line) => {
    const node = readObject(line);
    if (node === null) {
      return {
        misfits: [
          { column: "", expected: "a JSON object", found: "something else" },
        ],
      };
    }
    const misfits: RowMisfit[] = [];
    const cells = judgeRecord(record, node, line, misfits);
    return misfits.length > 0 ? { misfits } : { cells };
  };
}

function readObject(line: string): ObjectNode | null {
  try {
    JSON.parse(line);
    const node = parseJson(line);
    return node.kind === "object" ? node : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function compileRecord(
  fields: readonly TableField[],
  path: string,
  timeFormats: ReadonlyMap<string, TimeFormat>,
): RecordJudge {
  const columns = fields.map((field): ColumnJudge => {
    const columnPath = path === "" ? field.name : `${path}.${field.name}`;
    return {
      field,
      path: columnPath,
      record:
        field.type === "RECORD"
          ? compileRecord(field.fields, columnPath, new Map())
          : null,
      timeFormat: timeFormats.get(field.name) ?? null,
    };
  });
  const byKey = new Map(
    fields.map((field, index) => [field.name.toLowerCase(), index]),
  );
  return { path, columns, byKey };
}

function judgeRecord(
  record: RecordJudge,
  node: ObjectNode,
  line: string,
  misfits: RowMisfit[],
): readonly Cell[] {
  const cells: (Cell | undefined)[] = new Array<Cell | undefined>(
    record.columns.length,
  );
  for (const { key, value } of node.members) {
    const index = record.byKey.get(key) ?? record.byKey.get(key.toLowerCase());
    const column = index === undefined ? undefined : record.columns[index];
    if (index === undefined || column === undefined) {
      const path = record.path === "" ? key : `${record.path}.${key}`;
      const found = `a key that the schema lacks, with ${nameNewValue(value)}`;
      misfits.push({ column: path, expected: "a column of the schema", found });
    } else if (cells[index] !== undefined) {
      misfits.push({
        column: column.path,
        expected: "one key",
        found: "a repeated key",
      });
    } else {
      cells[index] = judgeColumn(column, value, line, misfits);
    }
  }
  return record.columns.map((column, index) => {
    const cell = cells[index];
    return cell === undefined ? judgeMissing(column, "no key", misfits) : cell;
  });
}

function judgeColumn(
  column: ColumnJudge,
  node: JsonNode,
  line: string,
  misfits: RowMisfit[],
): Cell {
  if (node.kind === "null") return judgeMissing(column, "null", misfits);
  if (column.field.mode !== "REPEATED")
    return judgeElement(column, node, line, misfits);
  if (node.kind !== "array") {
    misfits.push({
      column: column.path,
      expected: `an array of ${column.field.type}`,
      found: nameKind(node),
    });
    return [];
  }
  return node.items.map((item) => {
    if (item.kind !== "null") return judgeElement(column, item, line, misfits);
    misfits.push({
      column: column.path,
      expected: `elements of ${column.field.type}`,
      found: "null in the array",
    });
    return null;
  });
}

function judgeMissing(
  column: ColumnJudge,
  found: string,
  misfits: RowMisfit[],
): Cell {
  if (column.field.mode === "REPEATED") return [];
  if (column.field.mode === "REQUIRED") {
    misfits.push({
      column: column.path,
      expected: `${column.field.type} REQUIRED`,
      found,
    });
  }
  return null;
}

function judgeElement(
  column: ColumnJudge,
  node: JsonNode,
  line: string,
  misfits: RowMisfit[],
): Cell {
  const { type } = column.field;
  if (type === "RECORD") {
    if (node.kind === "object" && column.record !== null) {
      return judgeRecord(column.record, node, line, misfits);
    }
    misfits.push({
      column: column.path,
      expected: "RECORD, an object",
      found: nameKind(node),
    });
    return null;
  }
  const cell = judgeValue(type, node, line);
  if (cell instanceof Unfit) {
    misfits.push({ column: column.path, expected: type, found: cell.found });
    return null;
  }
  if (column.timeFormat !== null) {
    const unfit = judgeTimeFormat(column.timeFormat, type, cell);
    if (unfit !== null) {
      misfits.push({
        column: column.path,
        expected: column.timeFormat,
        found: unfit.found,
      });
    }
  }
  return cell;
}
