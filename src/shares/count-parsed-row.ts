import type { ColumnCounter, RecordCounter } from "./column-counters.js";

export const zeroText = /^[+-]?(?:0+(?:\.0*)?|\.0+)(?:[eE][+-]?\d+)?$/;

/** Counts what a row holds as JSON.parse gives it. False where the text is no JSON object. */
export function countParsedRow(
  top: RecordCounter,
  text: string,
  nextRecord: () => number,
): boolean {
  const row = parse(text);
  if (!isObject(row)) return false;
  countRecord(top, row);
  return true;

  function countRecord(record: RecordCounter, object: object): void {
    record.records += 1;
    const own = nextRecord();
    // What JSON.parse makes has no keys but its own; a list of them would be made for each row.
    for (const key in object) {
      const column =
        record.byKey.get(key) ?? record.byKey.get(key.toLowerCase());
      if (column === undefined || column.lastSeen === own) continue;
      column.lastSeen = own;
      countValue(column, object[key as keyof typeof object]);
    }
  }

  function countValue(column: ColumnCounter, value: unknown): void {
    column.seen += 1;
    if (value === null) column.nulls += 1;
    else if (Array.isArray(value)) countArray(column, value);
    else if (value === "") column.empties += 1;
    else if (column.isNumeric && isZero(value)) column.zeros += 1;
    else if (column.record !== null && isObject(value))
      countRecord(column.record, value);
  }

  function countArray(column: ColumnCounter, items: readonly unknown[]): void {
    if (items.length === 0) column.empties += 1;
    else if (column.isNumeric && items.every(isZero)) column.zeros += 1;
    if (column.record === null || !column.isRepeated) return;
    for (const item of items)
      if (isObject(item)) countRecord(column.record, item);
  }
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

function isZero(value: unknown): boolean {
  return value === 0 || (typeof value === "string" && zeroText.test(value));
}
