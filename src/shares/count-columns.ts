import { DataRefusedError } from "../errors.js";
import { readLines } from "../json/read-lines.js";
import type { ColumnCounts } from "../ports/warehouse.js";
import type { FieldType, TableField } from "../schema/table-field.js";

/** NDJSON, plain. */
export interface CountedSource {
  readonly key: string;
  open(): Promise<AsyncIterable<Uint8Array>>;
}

interface Column {
  readonly path: string;
  readonly isRepeated: boolean;
  readonly isNumeric: boolean;
  readonly record: RecordColumns | null;
  seen: number;
  /** Number of the record that was seen last: one that spells the key in two cases has it once. */
  lastSeen: number;
  nulls: number;
  zeros: number;
  empties: number;
}

interface RecordColumns {
  records: number;
  readonly columns: readonly Column[];
  /** By key as it is spelled, and in lower case. */
  readonly byKey: Map<string, Column>;
}

const numericTypes: ReadonlySet<FieldType> = new Set([
  "INTEGER",
  "FLOAT",
  "NUMERIC",
  "BIGNUMERIC",
]);
const zeroText = /^[+-]?(?:0+\.?0*|\.0+)(?:[eE][+-]?\d+)?$/;

/**
 * Counts null, missing, 0 and empty in each column of the schema, over every row of the sources, in the schema's order. What fits no
 * column is left to the load. Memory grows with the schema and the longest line, not with the rows.
 */
export async function countColumns(
  fields: readonly TableField[],
  sources: readonly CountedSource[],
): Promise<readonly ColumnCounts[]> {
  const top = openRecord(fields, "");
  for (const source of sources) {
    let line = 0;
    for await (const text of readLines(await source.open())) {
      line += 1;
      countRecord(top, readRow(text, source.key, line));
    }
  }
  return listCounts(top);
}

function openRecord(
  fields: readonly TableField[],
  path: string,
): RecordColumns {
  const columns = fields.map((field): Column => {
    const columnPath = path === "" ? field.name : `${path}.${field.name}`;
    return {
      path: columnPath,
      isRepeated: field.mode === "REPEATED",
      isNumeric: numericTypes.has(field.type),
      record:
        field.type === "RECORD" ? openRecord(field.fields, columnPath) : null,
      seen: 0,
      lastSeen: 0,
      nulls: 0,
      zeros: 0,
      empties: 0,
    };
  });
  const byKey = new Map<string, Column>();
  for (const [index, { name }] of fields.entries()) {
    const column = columns[index];
    if (column === undefined) continue;
    byKey.set(name, column);
    byKey.set(name.toLowerCase(), column);
  }
  return { records: 0, columns, byKey };
}

function readRow(text: string, source: string, line: number): object {
  const row = parse(text);
  if (isObject(row)) return row;
  throw new DataRefusedError(
    `${source}:${line} is not a JSON object: classify the hour again`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function countRecord(record: RecordColumns, row: object): void {
  record.records += 1;
  const own = record.records;
  for (const [key, value] of Object.entries(row) as [string, unknown][]) {
    const column = record.byKey.get(key) ?? record.byKey.get(key.toLowerCase());
    if (column === undefined || column.lastSeen === own) continue;
    column.lastSeen = own;
    countValue(column, value);
  }
}

function countValue(column: Column, value: unknown): void {
  column.seen += 1;
  if (value === null) column.nulls += 1;
  else if (Array.isArray(value)) countArray(column, value);
  else if (value === "") column.empties += 1;
  else if (column.isNumeric && isZero(value)) column.zeros += 1;
  else if (column.record !== null && isObject(value))
    countRecord(column.record, value);
}

function countArray(column: Column, items: readonly unknown[]): void {
  if (items.length === 0) column.empties += 1;
  else if (column.isNumeric && items.every(isZero)) column.zeros += 1;
  if (column.record === null || !column.isRepeated) return;
  for (const item of items)
    if (isObject(item)) countRecord(column.record, item);
}

function isZero(value: unknown): boolean {
  return value === 0 || (typeof value === "string" && zeroText.test(value));
}

function listCounts(record: RecordColumns): ColumnCounts[] {
  return record.columns.flatMap((column) => {
    const { path, seen, nulls, zeros, empties } = column;
    const { records } = record;
    const missing = records - seen;
    const own = { column: path, records, nulls, missing, zeros, empties };
    return column.record === null ? [own] : [own, ...listCounts(column.record)];
  });
}
