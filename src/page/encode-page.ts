import { startOf } from "../folder-hour.js";
import {
  stateLetters,
  notKnown,
  type PageData,
  type PageDataType,
  type SparseCounts,
} from "./page-data.js";
import type {
  PageBand,
  PageCounts,
  PageHour,
  PageModel,
  PageType,
} from "./page-model.js";

const hourMs = 3_600_000;
const minuteMs = 60_000;
const tenthMs = 100;

export function encodePage(model: PageModel): PageData {
  const count = (read: (counts: PageCounts) => number): number[] =>
    model.hours.map(({ counts }) =>
      counts === null ? notKnown : read(counts),
    );
  const from = model.hours[0]?.hour;
  if (from === undefined) throw new TypeError("a page of no hours");
  return {
    generatedAt: model.generatedAt.toISOString(),
    timezone: model.timezone,
    from,
    lines: count(({ lines }) => lines),
    blank: count(({ blank }) => blank),
    setAside: count(({ setAside }) => setAside),
    reasons: Object.fromEntries(
      collectNamed(model.hours, ({ reasons }) => reasons),
    ),
    unknownTypes: collectNamed(model.hours, (counts) => counts.unknown).map(
      ([name, rows]) => ({ name, rows }),
    ),
    types: model.types.map((type) => encodeType(type, model.hours)),
  };
}

function encodeType(type: PageType, hours: readonly PageHour[]): PageDataType {
  const indexes = new Map(hours.map(({ hour }, index) => [hour, index]));
  const { cells, bands } = type;
  return {
    name: type.name,
    table: type.table,
    owner: type.owner,
    states: cells.map(({ state }) => stateLetters[state]).join(""),
    loaded: cells.map(({ loaded }) => loaded ?? notKnown),
    setAside: sparse(
      cells.map(({ setAside }) => setAside ?? 0),
      0,
    ),
    staged: cells.flatMap(({ staged, loaded, setAside }, index) => {
      const usual = loaded === null ? null : loaded + (setAside ?? 0);
      return staged === usual ? [] : [index, staged ?? notKnown];
    }),
    readyMinutes: cells.map(({ finishedAt }, index) => {
      const hour = hours[index]?.hour;
      if (finishedAt === null || hour === undefined) return notKnown;
      const readyMs = finishedAt.getTime() - startOf(hour).getTime() - hourMs;
      return Math.max(0, Math.round(readyMs / minuteMs));
    }),
    durations: cells.map(({ durationMs }) =>
      durationMs === null ? notKnown : Math.round(durationMs / tenthMs),
    ),
    bands: bands === null ? null : encodeBands(bands),
    findings: type.findings.flatMap(({ hour, rule, message }) => {
      const index = indexes.get(hour);
      return index === undefined ? [] : [{ index, rule, message }];
    }),
  };
}

function encodeBands(bands: readonly (PageBand | null)[]) {
  const column = (read: (band: PageBand) => number): number[] =>
    bands.map((band) => (band === null ? notKnown : Math.round(read(band))));
  return {
    low: column(({ low }) => Math.max(0, low)),
    expected: column(({ expected }) => Math.max(0, expected)),
    high: column(({ high }) => Math.max(0, high)),
  };
}

function collectNamed(
  hours: readonly PageHour[],
  read: (counts: PageCounts) => Readonly<Record<string, number>>,
): [string, SparseCounts][] {
  const found = new Map<string, number[]>();
  for (const [index, { counts }] of hours.entries()) {
    for (const [name, rows] of Object.entries(
      counts === null ? {} : read(counts),
    )) {
      if (rows === 0) continue;
      const pairs = found.get(name) ?? [];
      pairs.push(index, rows);
      found.set(name, pairs);
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

function sparse(counts: readonly number[], usual: number): SparseCounts {
  return counts.flatMap((count, index) =>
    count === usual ? [] : [index, count],
  );
}
