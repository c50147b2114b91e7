import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import {
  AriaComponent,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
} from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { find } from "./dom.js";
import { colour } from "./theme.js";
import { shortCount } from "./words.js";

echarts.use([
  AriaComponent,
  BarChart,
  CanvasRenderer,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  LineChart,
  ScatterChart,
  TooltipComponent,
]);

export type ChartOption = echarts.EChartsCoreOption;

export interface Chart {
  /** @param words What a reader gets who can't see it. */
  show(option: ChartOption, words: string): void;
}

export function makeChart(id: string): Chart {
  const element = find(id);
  let chart: echarts.ECharts | null = null;
  new ResizeObserver(() => chart?.resize()).observe(element);
  return {
    show: (option, words) => {
      chart ??= echarts.init(element, null, { renderer: "canvas" });
      chart.setOption(option, { notMerge: true });
      // Its own description would be that of each series, in numbers.
      element.setAttribute("aria-label", words);
    },
  };
}

/** What every chart has: times along its foot, counts at its side, and a box of words at the pointer. */
export function baseOption(format: (value: number) => string = shortCount) {
  const dim = colour("dim");
  const line = colour("line");
  return {
    animation: false,
    useUTC: true,
    textStyle: {
      fontFamily: "system-ui, sans-serif",
      color: dim,
    },
    grid: { left: 8, right: 12, top: 34, bottom: 8, containLabel: true },
    legend: {
      top: 0,
      left: 0,
      itemWidth: 18,
      itemHeight: 10,
      textStyle: { color: dim },
      inactiveColor: line,
      type: "plain",
    },
    xAxis: {
      type: "time",
      axisLine: { lineStyle: { color: line } },
      axisTick: { lineStyle: { color: line } },
      axisLabel: {
        color: dim,
        hideOverlap: true,
        formatter: {
          year: "{yyyy}",
          month: "{d} {MMM}",
          day: "{d} {MMM}",
          hour: "{HH}:{mm}",
        },
      },
      splitLine: { show: false },
    },
    yAxis: {
      type: "value",
      min: 0,
      axisLabel: { color: dim, formatter: format },
      splitLine: { lineStyle: { color: line } },
      splitNumber: 4,
    },
    tooltip: {
      trigger: "axis",
      // HTML boxes carry their style in attributes, which the page's policy forbids.
      renderMode: "richText",
      confine: true,
      backgroundColor: colour("card"),
      borderColor: colour("line"),
      textStyle: { color: colour("ink"), fontSize: 12 },
    },
  } as const;
}
