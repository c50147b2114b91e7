import { looks, type LookName } from "./cell-look.js";
import { showChosenHour } from "./chosen-hour.js";
import { find, make } from "./dom.js";
import { makeHeatMap } from "./heat-map.js";
import { makeHourCharts } from "./hour-charts.js";
import { readPage, type TypeHours } from "./read-data.js";
import { startTheme } from "./theme.js";
import { showTiles } from "./tiles.js";
import { makeTrendChart } from "./trend-chart.js";
import { showTypesTable } from "./types-table.js";
import {
  chooseTypes,
  shownSpan,
  type Filter,
  type Order,
  type View,
  type Zoom,
} from "./view.js";
import { count, day } from "./words.js";

const page = readPage();
const narrow = window.innerWidth < 700;
const view: View = {
  text: "",
  owner: null,
  filters: new Set(),
  order: "worst",
  zoom: narrow ? 1 : 7,
  end: page.hours,
  hour: page.hours - 1,
  type: null,
};
let types: readonly TypeHours[] = chooseTypes(page, view);
view.type = types[0] ?? null;

const showTrend = makeTrendChart(page);
const showHourCharts = makeHourCharts(page);
const map = makeHeatMap(page, {
  choose: (type, hour) => {
    const other = type !== view.type;
    view.type = type;
    view.hour = hour;
    showCell();
    if (other) showTrend(type, shownSpan(page, view));
  },
  page: turn,
  open: () => {
    find("trend-title").scrollIntoView({ block: "start" });
  },
});

describeSpan();
fillLegend();
addZooms();
addFilters();
find("older").onclick = () => turn(-1);
find("newer").onclick = () => turn(1);
startTheme(show);
show();

/** Everything anew: after a filter, a turn, or another theme. */
function show(): void {
  types = chooseTypes(page, view);
  if (view.type === null || !types.includes(view.type))
    view.type = types[0] ?? null;
  const span = shownSpan(page, view);
  if (view.hour < span.from || view.hour >= span.to) view.hour = span.to - 1;
  find("matches").textContent =
    `${count(types.length)} of ${count(page.types.length)} types`;
  const last = span.to - 1;
  find("window").textContent =
    day(page.startOf(span.from)) === day(page.startOf(last))
      ? day(page.startOf(last))
      : `${day(page.startOf(span.from))} – ${day(page.startOf(last))}`;
  find("older", HTMLButtonElement).disabled = span.from === 0;
  find("newer", HTMLButtonElement).disabled = span.to === page.hours;
  showTiles(page, types, span);
  showCell();
  showTrend(view.type, span);
  showHourCharts(types, span);
  showTypesTable(page, types, span, (type) => {
    view.type = type;
    showCell();
    showTrend(type, span);
    find("trend-title").scrollIntoView({ block: "start" });
  });
}

function showCell(): void {
  map.show(types, shownSpan(page, view), view);
  showChosenHour(page, view.type, view.hour);
}

/** Turns to older or newer hours; false at the first and last. */
function turn(direction: -1 | 1): boolean {
  const span = shownSpan(page, view);
  if (view.zoom === "all") return false;
  if (direction === -1 ? span.from === 0 : span.to === page.hours) return false;
  const hours = view.zoom * 24;
  view.end = Math.min(page.hours, Math.max(hours, span.to + direction * hours));
  view.hour = direction === -1 ? span.from - 1 : span.to;
  show();
  return true;
}

function describeSpan(): void {
  const made = page.generatedAt.toISOString().slice(0, 16).replace("T", " ");
  find("span").textContent =
    `${page.hour(0)} to ${page.hour(page.hours - 1)} UTC. Made ${made} UTC.`;
}

function addZooms(): void {
  const zooms: readonly (readonly [Zoom, string])[] = [
    [1, "1 day"],
    [3, "3 days"],
    [7, "7 days"],
    ["all", "All"],
  ];
  for (const [zoom, label] of zooms) {
    const input = make("input", {
      type: "radio",
      name: "zoom",
      value: String(zoom),
    });
    input.checked = zoom === view.zoom;
    input.onchange = () => {
      view.zoom = zoom;
      view.end = Math.min(page.hours, view.hour + 1 + hoursAfter(zoom));
      show();
    };
    find("zoom").append(make("label", {}, input, make("span", {}, label)));
  }
}

/** The chosen hour stays in sight, whole days with it. */
function hoursAfter(zoom: Zoom): number {
  if (zoom === "all") return page.hours;
  const rest = page.hours - 1 - view.hour;
  return rest % (zoom * 24);
}

function addFilters(): void {
  find("filters").onsubmit = (event) => {
    event.preventDefault();
  };
  const text = find("text", HTMLInputElement);
  text.oninput = () => {
    view.text = text.value;
    show();
  };
  const owner = find("owner", HTMLSelectElement);
  const owners = [...new Set(page.types.map((type) => type.owner))]
    .filter((name) => name !== null)
    .sort((a, b) => a.localeCompare(b, "en"));
  // Positions, not names, are the values: an owner may be called anything.
  owner.append(
    make("option", { value: "" }, "Any"),
    ...owners.map((name, at) => make("option", { value: String(at) }, name)),
  );
  owner.onchange = () => {
    view.owner =
      owner.value === "" ? null : (owners[Number(owner.value)] ?? null);
    show();
  };
  const order = find("order", HTMLSelectElement);
  order.onchange = () => {
    view.order = order.value as Order;
    show();
  };
  const filters: readonly (readonly [Filter, string])[] = [
    ["differing", "Differing"],
    ["staged", "Staged"],
    ["not_done", "Not done"],
    ["finding", "Marked"],
  ];
  for (const [filter, label] of filters) {
    const input = make("input", { type: "checkbox", value: filter });
    input.onchange = () => {
      if (input.checked) view.filters.add(filter);
      else view.filters.delete(filter);
      show();
    };
    find("states").append(make("label", {}, input, make("span", {}, label)));
  }
}

function fillLegend(): void {
  const entries: readonly (readonly [readonly LookName[], string])[] = [
    [
      ["loaded0", "loaded1", "loaded2", "loaded3"],
      "loaded, few to many rows of its type",
    ],
    [["empty"], "empty"],
    [["staged"], "staged, not loaded"],
    [["differing"], "differing"],
    [["not_done"], "not done"],
    [["low"], "fewer rows than expected"],
    [["high"], "more"],
    [["other"], "found otherwise"],
  ];
  find("legend").append(
    ...entries.map(([names, words]) =>
      make(
        "li",
        {},
        ...names.map((look) =>
          make(
            "span",
            { class: `swatch look-${look}`, "aria-hidden": "true" },
            looks[look].mark,
          ),
        ),
        words,
      ),
    ),
  );
}
