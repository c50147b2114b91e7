import {
  notKnown,
  stateLetters,
  type PageData,
  type PageDataType,
  type SparseCounts,
} from "../page-data.js";

export type State = keyof typeof stateLetters;

export interface Finding {
  readonly rule: string;
  readonly message: string;
}

/** One type over all hours, by the index of the hour. */
export interface TypeHours {
  readonly name: string;
  readonly table: string | null;
  readonly owner: string | null;
  state(index: number): State;
  loaded(index: number): number | null;
  staged(index: number): number | null;
  setAside(index: number): number;
  /** Minutes from the hour's end to the end of its load. */
  readyMinutes(index: number): number | null;
  seconds(index: number): number | null;
  band(index: number): { low: number; expected: number; high: number } | null;
  readonly hasBands: boolean;
  readonly findings: ReadonlyMap<number, readonly Finding[]>;
  /** Rows that a busy hour has: 19 of 20 have no more. */
  busyRows(): number;
}

export interface Page {
  readonly generatedAt: Date;
  readonly timezone: string;
  readonly hours: number;
  /** `2026-11-21T03`. */
  hour(index: number): string;
  startOf(index: number): Date;
  lines(index: number): number | null;
  setAside(index: number): number | null;
  readonly reasons: readonly {
    readonly name: string;
    readonly rows: ReadonlyMap<number, number>;
  }[];
  readonly types: readonly TypeHours[];
}

const hourMs = 3_600_000;
const states = new Map(
  Object.entries(stateLetters).map(([state, letter]) => [
    letter as string,
    state as State,
  ]),
);

export function readPage(): Page {
  const text = document.getElementById("data")?.textContent ?? "";
  const data = JSON.parse(text) as PageData;
  const from = Date.parse(`${data.from}:00:00Z`);
  const startOf = (index: number): Date => new Date(from + index * hourMs);
  return {
    generatedAt: new Date(data.generatedAt),
    timezone: data.timezone,
    hours: data.lines.length,
    startOf,
    hour: (index) => startOf(index).toISOString().slice(0, 13),
    lines: (index) => known(data.lines, index),
    setAside: (index) => known(data.setAside, index),
    reasons: Object.entries(data.reasons).map(([name, rows]) => ({
      name,
      rows: readSparse(rows),
    })),
    types: data.types.map(readType),
  };
}

function readType(type: PageDataType): TypeHours {
  const setAside = readSparse(type.setAside);
  const staged = readSparse(type.staged);
  const findings = new Map<number, Finding[]>();
  for (const { index, ...finding } of type.findings)
    findings.set(index, [...(findings.get(index) ?? []), finding]);
  const { bands } = type;
  let busy: number | undefined;
  const loaded = (index: number): number | null => known(type.loaded, index);
  return {
    name: type.name,
    table: type.table,
    owner: type.owner,
    state: (index) => states.get(type.states[index] ?? "") ?? "not_done",
    loaded,
    setAside: (index) => setAside.get(index) ?? 0,
    staged: (index) => {
      const other = staged.get(index);
      if (other !== undefined) return other === notKnown ? null : other;
      const rows = loaded(index);
      return rows === null ? null : rows + (setAside.get(index) ?? 0);
    },
    readyMinutes: (index) => known(type.readyMinutes, index),
    seconds: (index) => {
      const tenths = known(type.durations, index);
      return tenths === null ? null : tenths / 10;
    },
    band: (index) => {
      if (bands === null) return null;
      const low = known(bands.low, index);
      const expected = known(bands.expected, index);
      const high = known(bands.high, index);
      return low === null || expected === null || high === null
        ? null
        : { low, expected, high };
    },
    hasBands: bands !== null,
    findings,
    busyRows: () => (busy ??= quantile(type.loaded, 0.95) ?? 0),
  };
}

function known(column: readonly number[], index: number): number | null {
  const value = column[index] ?? notKnown;
  return value === notKnown ? null : value;
}

function readSparse(pairs: SparseCounts): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (let at = 0; at + 1 < pairs.length; at += 2)
    counts.set(pairs[at] ?? 0, pairs[at + 1] ?? 0);
  return counts;
}

/** Of the values that are known; null where none is. */
export function quantile(
  values: readonly number[],
  share: number,
): number | null {
  const sorted = Float64Array.from(
    values.filter((value) => value !== notKnown),
  ).sort();
  return sorted[Math.floor(share * (sorted.length - 1))] ?? null;
}
