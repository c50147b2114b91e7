import { baseOption, makeChart } from "./chart.js";
import { fillWhenOpen, find, makeTable, name } from "./dom.js";
import type { Page, TypeHours } from "./read-data.js";
import { colour } from "./theme.js";
import type { Span } from "./view.js";
import { count, stateNames } from "./words.js";

type Point = readonly [number, number | null];

/** One type's rows by hour, with what was to be expected. */
export function makeTrendChart(
  page: Page,
): (type: TypeHours | null, span: Span) => void {
  const chart = makeChart("trend");
  return (type, span) => {
    find("trend-title").replaceChildren(
      ...(type === null ? ["Trend"] : ["Trend of ", name(type.name)]),
    );
    find("trend").hidden = type === null;
    find("trend-table").hidden = type === null;
    find("trend-words").textContent =
      type === null
        ? "No type is chosen: none matches the filter."
        : describe(type, page.hours);
    if (type === null) return;
    const words = `Rows of ${type.name} by hour. ${describe(type, page.hours)}`;
    chart.show(makeOption(page, type, span), words);
    fillWhenOpen(find("trend-table", HTMLDetailsElement), () =>
      makeHoursTable(page, type, span),
    );
  };
}

function describe(type: TypeHours, hours: number): string {
  const unusual = type.findings.size;
  const bands = type.hasBands
    ? "The band is what was to be expected."
    : "There is no expected band yet: too little history, or nothing judged it.";
  const found =
    unusual === 0
      ? ""
      : ` ${count(unusual)} of ${count(hours)} hours are marked.`;
  return bands + found;
}

function makeOption(page: Page, type: TypeHours, span: Span) {
  const points = (read: (index: number) => number | null): Point[] =>
    Array.from({ length: page.hours }, (_, index) => [
      page.startOf(index).getTime(),
      read(index),
    ]);
  const base = baseOption();
  const marked = [...type.findings.keys()].map((index): Point => [
    page.startOf(index).getTime(),
    type.loaded(index) ?? 0,
  ]);
  const ofBand = { stack: "band", lineStyle: { opacity: 0 }, silent: true };
  const common = {
    type: "line",
    symbol: "none",
    step: "middle",
  } as const;
  const bands = type.hasBands
    ? [
        {
          ...common,
          ...ofBand,
          name: "low",
          data: points((index) => type.band(index)?.low ?? null),
        },
        {
          ...common,
          ...ofBand,
          name: "Expected band",
          itemStyle: { color: colour("band") },
          areaStyle: { color: colour("band"), opacity: 1 },
          data: points((index) => {
            const band = type.band(index);
            return band === null ? null : band.high - band.low;
          }),
        },
        {
          ...common,
          name: "Expected",
          itemStyle: { color: colour("dim") },
          lineStyle: { color: colour("dim"), type: "dashed", width: 1 },
          data: points((index) => type.band(index)?.expected ?? null),
        },
      ]
    : [];
  const shown = [
    ...(type.hasBands
      ? [{ name: "Expected band", icon: "rect" }, { name: "Expected" }]
      : []),
    { name: "Rows loaded" },
    ...(marked.length > 0 ? [{ name: "Marked" }] : []),
  ];
  // Four names take two lines of a phone.
  const top = window.innerWidth < 700 ? 56 : 34;
  const end = page.startOf(span.to - 1).getTime();
  return {
    ...base,
    grid: { ...base.grid, top, bottom: 48 },
    legend: { ...base.legend, data: shown },
    tooltip: {
      ...base.tooltip,
      formatter: (points: readonly { readonly value: Point }[]) => {
        const time = points[0]?.value[0];
        if (time === undefined) return "";
        const start = page.startOf(0).getTime();
        return makeTip(page, type, Math.round((time - start) / 3_600_000));
      },
    },
    dataZoom: [
      {
        type: "slider",
        height: 22,
        bottom: 6,
        startValue: page.startOf(span.from).getTime(),
        endValue: end,
        borderColor: colour("line"),
        fillerColor: colour("filler"),
        textStyle: { color: colour("dim") },
        showDetail: false,
        brushSelect: false,
      },
      // A wheel that scrolls the page must not zoom what happens to be below it.
      { type: "inside", zoomOnMouseWheel: "ctrl", moveOnMouseMove: true },
    ],
    series: [
      ...bands,
      {
        ...common,
        name: "Rows loaded",
        itemStyle: { color: colour("accent") },
        lineStyle: { color: colour("accent"), width: 1.8 },
        data: points((index) => type.loaded(index)),
      },
      {
        type: "scatter",
        name: "Marked",
        symbol: "triangle",
        symbolSize: 11,
        itemStyle: {
          color: colour("finding"),
          borderColor: colour("card"),
          borderWidth: 1,
        },
        data: marked,
      },
    ],
  };
}

/** Plain text: what stands between braces would be a style, and no text of the data stands here. */
function makeTip(page: Page, type: TypeHours, index: number): string {
  const band = type.band(index);
  return [
    `${page.hour(index)} UTC, ${stateNames[type.state(index)]}`,
    `${count(type.loaded(index))} rows`,
    ...(band === null
      ? []
      : [`expected ${count(band.low)} to ${count(band.high)}`]),
    ...(type.findings.get(index) ?? []).map(({ rule }) =>
      rule.replace(/[{}|]/g, ""),
    ),
  ].join("\n");
}

function makeHoursTable(
  page: Page,
  type: TypeHours,
  { from, to }: Span,
): HTMLTableElement {
  const rows = Array.from({ length: to - from }, (_, at) => {
    const index = to - 1 - at;
    const band = type.band(index);
    const rules = (type.findings.get(index) ?? []).map(({ rule }) => rule);
    return [
      { content: page.hour(index) },
      { content: stateNames[type.state(index)] },
      { content: count(type.staged(index)), number: true },
      { content: count(type.loaded(index)), number: true },
      { content: count(type.setAside(index)), number: true },
      { content: count(band?.low ?? null), number: true },
      { content: count(band?.high ?? null), number: true },
      { content: rules.join(", ") },
    ];
  });
  return makeTable(
    `Hours of ${type.name}`,
    [
      { content: "Hour, UTC" },
      { content: "State" },
      { content: "Staged", number: true },
      { content: "Loaded", number: true },
      { content: "Set aside", number: true },
      { content: "Low", number: true },
      { content: "High", number: true },
      { content: "Found" },
    ],
    rows,
  );
}
