import {
  hashOn,
  hashStart,
  type ColumnCounter,
  type RecordCounter,
} from "./column-counters.js";
import { zeroText } from "./count-parsed-row.js";

/**
 * Counts what a row holds by a walk over its bytes. False, and nothing is counted, where that alone can't tell: escapes and other
 * letters than ASCII's in keys, a column's key twice, numbers that only JavaScript can read. The bytes must be a line that classify
 * has staged: of what is no JSON, not everything is noticed.
 */
export type RowScanner = (
  bytes: Uint8Array,
  start: number,
  end: number,
) => boolean;

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const dot = 0x2e;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const odd = -1;

const other = 0;
const nullValue = 1;
const zeroValue = 2;
const empty = 3;
/** Longer ones may be 0 as a double though a digit is not. */
const longestNumber = 300;

/** @param nextRecord Numbers the objects, so that a key that is there twice is noticed. */
export function createRowScanner(
  top: RecordCounter,
  nextRecord: () => number,
): RowScanner {
  let bytes: Uint8Array = new Uint8Array();
  let end = 0;
  /** What the last value was. */
  let found = other;
  const columns: ColumnCounter[] = [];
  const values: number[] = [];
  let columnCount = 0;
  const records: RecordCounter[] = [];
  let recordCount = 0;

  /** What follows its value, or odd; and so do the others. */
  function scanObject(record: RecordCounter, from: number): number {
    if (record.byHash === null) return odd;
    records[recordCount] = record;
    recordCount += 1;
    const own = nextRecord();
    let at = skipBlanks(from + 1);
    if (bytes[at] === closeBrace) return at + 1;
    for (;;) {
      if (bytes[at] !== quote) return odd;
      const keyStart = at + 1;
      let hash = hashStart;
      for (at = keyStart; ; at += 1) {
        const code = bytes[at] ?? 0;
        if (code === quote) break;
        if (code === backslash || code < 0x20 || code > 0x7e || at >= end)
          return odd;
        hash = hashOn(hash, toLower(code));
      }
      const column = findColumn(record, hash, keyStart, at);
      at = skipBlanks(at + 1);
      if (bytes[at] !== colon) return odd;
      at = skipBlanks(at + 1);
      if (column === undefined) at = skipValue(at);
      else {
        if (column.lastSeen === own) return odd;
        column.lastSeen = own;
        at = scanValue(column, at);
        if (at === odd) return odd;
        columns[columnCount] = column;
        values[columnCount] = found;
        columnCount += 1;
      }
      if (at === odd) return odd;
      at = skipBlanks(at);
      if (bytes[at] === closeBrace) return at + 1;
      if (bytes[at] !== comma) return odd;
      at = skipBlanks(at + 1);
    }
  }

  function findColumn(
    record: RecordCounter,
    hash: number,
    start: number,
    stop: number,
  ): ColumnCounter | undefined {
    const column = record.byHash?.get(hash);
    if (column?.name.length !== stop - start) return undefined;
    for (let at = start; at < stop; at += 1)
      if (toLower(bytes[at] ?? 0) !== column.name.charCodeAt(at - start))
        return undefined;
    return column;
  }

  function scanValue(column: ColumnCounter, at: number): number {
    if (bytes[at] === openBracket) return scanArray(column, at);
    if (bytes[at] === openBrace && column.record !== null) {
      const next = scanObject(column.record, at);
      found = other;
      return next;
    }
    return scanScalar(at, column.isNumeric);
  }

  /** A value that is no array, and no object that has columns. */
  function scanScalar(at: number, isNumeric: boolean): number {
    found = other;
    const first = bytes[at] ?? 0;
    if (first === quote) {
      const next = skipString(at);
      if (next === at + 2) found = empty;
      else if (isNumeric && next !== odd) return judgeText(at + 1, next - 1);
      return next;
    }
    if (first === 0x6e) {
      found = nullValue;
      return skipValue(at);
    }
    const isNumber = first === minus || (first >= zero && first <= nine);
    return isNumber && isNumeric ? scanNumber(at) : skipValue(at);
  }

  function judgeText(start: number, stop: number): number {
    for (let at = start; at < stop; at += 1) {
      const code = bytes[at] ?? 0;
      if (code === backslash) return odd;
      // No text that spells 0 has other characters; mostly the first one tells.
      if (code < 0x2b || (code > nine && toLower(code) !== 0x65))
        return stop + 1;
    }
    let text = "";
    for (let at = start; at < stop; at += 1)
      text += String.fromCharCode(bytes[at] ?? 0);
    if (zeroText.test(text)) found = zeroValue;
    return stop + 1;
  }

  function scanNumber(start: number): number {
    let isZero = true;
    let at = start;
    for (; at < end; at += 1) {
      const code = bytes[at] ?? 0;
      if (code > zero && code <= nine) isZero = false;
      else if (code === 0x65 || code === 0x45) return odd;
      else if (code !== zero && code !== minus && code !== dot) break;
    }
    if (at - start > longestNumber) return odd;
    if (isZero) found = zeroValue;
    return at;
  }

  function scanArray(column: ColumnCounter, from: number): number {
    let at = skipBlanks(from + 1);
    if (bytes[at] === closeBracket) {
      found = empty;
      return at + 1;
    }
    const { record, isNumeric } = column;
    const rows = column.isRepeated ? record : null;
    let areZeros = isNumeric;
    for (;;) {
      if (bytes[at] === openBrace && rows !== null) at = scanObject(rows, at);
      else if (isNumeric) {
        at = scanScalar(at, true);
        if (found !== zeroValue) areZeros = false;
      } else at = skipValue(at);
      if (at === odd) return odd;
      at = skipBlanks(at);
      if (bytes[at] === closeBracket) break;
      if (bytes[at] !== comma) return odd;
      at = skipBlanks(at + 1);
    }
    found = areZeros ? zeroValue : other;
    return at + 1;
  }

  function skipValue(from: number): number {
    const first = bytes[from] ?? 0;
    if (first === quote) return skipString(from);
    if (first === openBrace || first === openBracket) return skipNested(from);
    let at = from;
    // Letters, digits, + - and the dot: of a number, or of true, false and null.
    for (; at < end; at += 1) {
      const code = bytes[at] ?? 0;
      const isWord =
        (code >= 0x61 && code <= 0x7a) ||
        (code >= zero && code <= nine) ||
        code === minus ||
        code === dot ||
        code === 0x2b ||
        code === 0x45;
      if (!isWord) break;
    }
    return at === from ? odd : at;
  }

  function skipNested(from: number): number {
    let depth = 0;
    for (let at = from; at < end; at += 1) {
      const code = bytes[at] ?? 0;
      if (code === quote) {
        at = skipString(at) - 1;
        if (at < 0) return odd;
      } else if (code === openBrace || code === openBracket) depth += 1;
      else if (code === closeBrace || code === closeBracket) {
        depth -= 1;
        if (depth === 0) return at + 1;
      }
    }
    return odd;
  }

  function skipString(from: number): number {
    for (let at = from + 1; at < end; at += 1) {
      const code = bytes[at] ?? 0;
      if (code === quote) return at + 1;
      if (code === backslash) at += 1;
    }
    return odd;
  }

  function skipBlanks(from: number): number {
    let at = from;
    while (at < end) {
      const code = bytes[at] ?? 0;
      if (code !== 0x20 && code !== 0x09 && code !== 0x0d) break;
      at += 1;
    }
    return at;
  }

  return (block, start, stop) => {
    bytes = block;
    end = stop;
    columnCount = 0;
    recordCount = 0;
    const first = skipBlanks(start);
    if (first >= end || bytes[first] !== openBrace) return false;
    const last = scanObject(top, first);
    if (last === odd || last > end || skipBlanks(last) !== end) return false;
    for (let index = 0; index < recordCount; index += 1) {
      const record = records[index];
      if (record !== undefined) record.records += 1;
    }
    for (let index = 0; index < columnCount; index += 1) {
      const column = columns[index];
      if (column === undefined) continue;
      column.seen += 1;
      const value = values[index];
      if (value === nullValue) column.nulls += 1;
      else if (value === zeroValue) column.zeros += 1;
      else if (value === empty) column.empties += 1;
    }
    return true;
  };
}

function toLower(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
}
