import {
  baseOption,
  makeChart,
  type Chart,
  type ChartOption,
} from "./chart.js";
import { fillWhenOpen, find, makeTable, type Cell } from "./dom.js";
import { notKnown } from "../page-data.js";
import { quantile, type Page, type TypeHours } from "./read-data.js";
import { colour } from "./theme.js";
import type { Span } from "./view.js";
import { count, minutes, seconds, shortCount } from "./words.js";

interface Series {
  readonly name: string;
  readonly colour: string;
  /** Of the hours, or days, from `index` on. */
  readonly read: (index: number) => number | null;
}

export type ShowHourCharts = (types: readonly TypeHours[], span: Span) => void;

/** Lines set aside, load durations and freshness over the hours that the map shows. */
export function makeHourCharts(page: Page): ShowHourCharts {
  const aside = makeChart("aside");
  const took = makeChart("took");
  const ready = makeChart("ready");
  return (types, span) => {
    showAside(page, aside, span);
    showTook(page, took, types, span);
    showReady(page, ready, types, span);
  };
}

function showAside(page: Page, chart: Chart, span: Span): void {
  const total = sum(span.from, span.to, (index) => page.setAside(index));
  const lines = sum(span.from, span.to, (index) => page.lines(index));
  const words =
    lines === null || total === null
      ? "No counts of these hours are known."
      : `${count(total)} of ${count(lines)} lines${lines === 0 ? "" : `, ${((100 * total) / lines).toFixed(2)}%`}, of all types, by reason.`;
  find("aside-words").textContent = words;
  const series = page.reasons.map(({ name, rows }, at): Series => ({
    name,
    colour: `series-${at % 6}`,
    read: (index) =>
      sum(index, Math.min(index + span.step, span.to), (hour) =>
        page.lines(hour) === null ? null : (rows.get(hour) ?? 0),
      ),
  }));
  const option = makeOption(page, span, series, "bar", shortCount);
  chart.show(option, `Lines set aside by reason. ${words}`);
  showTable("aside-table", page, span, series, count);
}

function showTook(
  page: Page,
  chart: Chart,
  types: readonly TypeHours[],
  span: Span,
): void {
  const series = [
    summarise("Median", "series-0", types, span, 0.5, "seconds"),
    summarise("Longest", "series-1", types, span, 1, "seconds"),
  ];
  const longest = highest(span, series[1]);
  const words = `Of the ${count(types.length)} types shown. The longest load took ${seconds(longest)}.`;
  find("took-words").textContent = words;
  const option = makeOption(page, span, series, "line", (value) =>
    seconds(value),
  );
  chart.show(option, `Load durations. ${words}`);
  showTable("took-table", page, span, series, seconds);
}

function showReady(
  page: Page,
  chart: Chart,
  types: readonly TypeHours[],
  span: Span,
): void {
  const series = [
    summarise("Median", "series-0", types, span, 0.5, "readyMinutes"),
    summarise("Last type", "series-1", types, span, 1, "readyMinutes"),
  ];
  const last = highest(span, series[1]);
  const words = `From an hour's end until it was loaded, of the ${count(types.length)} types shown. At most ${minutes(last)}; reloads count.`;
  find("ready-words").textContent = words;
  const option = makeOption(page, span, series, "line", (value) =>
    minutes(value),
  );
  chart.show(option, `Freshness. ${words}`);
  showTable("ready-table", page, span, series, minutes);
}

function summarise(
  name: string,
  colourName: string,
  types: readonly TypeHours[],
  span: Span,
  share: number,
  of: "seconds" | "readyMinutes",
): Series {
  const known = new Map<number, number | null>();
  const compute = (index: number): number | null => {
    const values: number[] = [];
    const end = Math.min(index + span.step, span.to);
    for (let hour = index; hour < end; hour += 1)
      for (const type of types) values.push(type[of](hour) ?? notKnown);
    return quantile(values, share);
  };
  return {
    name,
    colour: colourName,
    read: (index) => {
      const value = known.has(index)
        ? (known.get(index) ?? null)
        : compute(index);
      known.set(index, value);
      return value;
    },
  };
}

function steps({ from, to, step }: Span): number[] {
  return Array.from(
    { length: Math.ceil((to - from) / step) },
    (_, at) => from + at * step,
  );
}

function highest(span: Span, series: Series | undefined): number | null {
  const values = steps(span).map((index) => series?.read(index) ?? notKnown);
  return quantile(values, 1);
}

function sum(
  from: number,
  to: number,
  read: (index: number) => number | null,
): number | null {
  let total: number | null = null;
  for (let index = from; index < to; index += 1) {
    const value = read(index);
    if (value !== null) total = (total ?? 0) + value;
  }
  return total;
}

function makeOption(
  page: Page,
  span: Span,
  series: readonly Series[],
  kind: "bar" | "line",
  format: (value: number) => string,
): ChartOption {
  const base = baseOption(format);
  return {
    ...base,
    // Hatches tell the reasons apart where colours don't.
    aria: {
      enabled: true,
      label: { enabled: false },
      decal: { show: kind === "bar" },
    },
    tooltip: {
      ...base.tooltip,
      valueFormatter: (value: unknown) =>
        typeof value === "number" ? format(value) : "–",
    },
    series: series.map((each, at) => ({
      type: kind,
      name: each.name,
      ...(kind === "bar" && { stack: "all", barCategoryGap: "15%" }),
      ...(kind === "line" && {
        symbol: at === 0 ? "circle" : "emptyCircle",
        symbolSize: 4,
        showSymbol: false,
        lineStyle: {
          width: 1.8,
          color: colour(each.colour),
          type: at === 0 ? "solid" : "dashed",
        },
      }),
      itemStyle: { color: colour(each.colour) },
      data: steps(span).map((index) => [
        page.startOf(index).getTime(),
        each.read(index),
      ]),
    })),
  };
}

function showTable(
  id: string,
  page: Page,
  span: Span,
  series: readonly Series[],
  format: (value: number | null) => string,
): void {
  fillWhenOpen(find(id, HTMLDetailsElement), () =>
    makeTable(
      id,
      [
        { content: span.step === 24 ? "Day from, UTC" : "Hour, UTC" },
        ...series.map(({ name }): Cell => ({ content: name, number: true })),
      ],
      steps(span)
        .reverse()
        .map((index) => [
          { content: page.hour(index) },
          ...series.map(({ read }): Cell => ({
            content: format(read(index)),
            number: true,
          })),
        ]),
    ),
  );
}
