import {
  newNumberFacts,
  observeNumber,
  type NumberFacts,
} from "./number-facts.js";
import {
  readDateDays,
  readTimeMicros,
  readTimestampMicros,
} from "./read-time.js";

/** What a text spells, by the canonical forms of BigQuery's types. */
export type TextKind =
  | "number"
  | "boolean"
  | "DATE"
  | "TIME"
  | "DATETIME"
  | "TIMESTAMP"
  /** A time with digits past the microsecond, or an offset without its colon: no column type keeps it as it is. */
  | "other time"
  | "plain";

export interface Example {
  readonly text: string;
  readonly source: string;
  readonly line: number;
}

/** What was seen of the texts at one place of the rows. */
export interface TextFacts {
  count: number;
  empty: number;
  readonly kinds: Map<TextKind, { count: number; readonly first: Example }>;
  /** Of those that spell numbers. */
  readonly numbers: NumberFacts;
  /** Midnight of 1970 or of the year 1, which programs write for no time. */
  zeroTimes: number;
  /** Earliest and latest of DATE, DATETIME and TIMESTAMP, as spelled. */
  min: { readonly at: bigint; readonly text: string } | null;
  max: { readonly at: bigint; readonly text: string } | null;
  longest: number;
}

const quotedNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?$/;
const longestNumber = 400;
const dayMicros = 86_400_000_000n;
const timeText =
  /^(\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d:\d\d(?:\.(\d{1,9}))?( ?(?:Z|UTC|[+-]\d\d(?::\d\d)?)|[+-]\d{4})?)?$/;
const clockText = /^\d\d:\d\d:\d\d(?:\.\d{1,6})?$/;
const zeroTime = /^(?:1970|0001)-01-01(?:[T ]00:00:00(?:\.0+)?|$)/;

export function newTextFacts(): TextFacts {
  return {
    count: 0,
    empty: 0,
    kinds: new Map(),
    numbers: newNumberFacts(),
    zeroTimes: 0,
    min: null,
    max: null,
    longest: 0,
  };
}

export function observeText(
  facts: TextFacts,
  text: string,
  toExample: () => Example,
): void {
  facts.count += 1;
  if (text === "") facts.empty += 1;
  if (text.length > facts.longest) facts.longest = text.length;
  const kind = readKind(facts, text);
  const found = facts.kinds.get(kind);
  if (found === undefined)
    facts.kinds.set(kind, { count: 1, first: toExample() });
  else found.count += 1;
}

export function countKind(facts: TextFacts, kind: TextKind): number {
  return facts.kinds.get(kind)?.count ?? 0;
}

function readKind(facts: TextFacts, text: string): TextKind {
  const first = text.charCodeAt(0);
  if (first === 0x2d || (first >= 0x30 && first <= 0x39)) {
    if (first !== 0x2d) {
      const kind = readTimeKind(facts, text);
      if (kind !== null) return kind;
    }
    if (text.length > longestNumber || !quotedNumber.test(text)) return "plain";
    observeNumber(facts.numbers, text);
    return "number";
  }
  const isBoolean =
    (text.length === 4 || text.length === 5) && /^(?:true|false)$/i.test(text);
  return isBoolean ? "boolean" : "plain";
}

function readTimeKind(facts: TextFacts, text: string): TextKind | null {
  if (text.length < 8 || text.length > 40) return null;
  if (text.charCodeAt(2) === 0x3a)
    return clockText.test(text) && readTimeMicros(text) !== null
      ? "TIME"
      : null;
  if (text.charCodeAt(4) !== 0x2d) return null;
  const match = timeText.exec(text);
  if (match === null) return null;
  const [, , fraction = "", offset] = match;
  const isDate = text.length === 10;
  const days = isDate ? readDateDays(text) : null;
  const at = isDate
    ? days === null
      ? null
      : BigInt(days) * dayMicros
    : readTimestampMicros(text);
  if (at === null) return null;
  if (fraction.length > 6 || /^[+-]\d{4}$/.test(offset ?? ""))
    return "other time";
  if (zeroTime.test(text)) facts.zeroTimes += 1;
  if (facts.min === null || at < facts.min.at) facts.min = { at, text };
  if (facts.max === null || at > facts.max.at) facts.max = { at, text };
  if (isDate) return "DATE";
  return offset === undefined ? "DATETIME" : "TIMESTAMP";
}
