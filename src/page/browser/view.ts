import type { Page, TypeHours } from "./read-data.js";

export type Filter = "not_done" | "staged" | "differing" | "finding";
export type Order = "worst" | "name" | "rows";

/** Days that the map shows at once; "all" shows a day per cell. */
export type Zoom = 1 | 3 | 7 | "all";

/** What the reader chose. */
export interface View {
  text: string;
  /** Null: of any owner. */
  owner: string | null;
  filters: Set<Filter>;
  order: Order;
  zoom: Zoom;
  /** Index after the last hour that is shown. */
  end: number;
  /** The chosen hour of the chosen type. */
  hour: number;
  type: TypeHours | null;
}

export interface Span {
  readonly from: number;
  /** Not included. */
  readonly to: number;
  /** Hours per cell. */
  readonly step: 1 | 24;
}

export function shownSpan(page: Page, view: View): Span {
  if (view.zoom === "all") return { from: 0, to: page.hours, step: 24 };
  const to = Math.min(view.end, page.hours);
  return { from: Math.max(0, to - view.zoom * 24), to, step: 1 };
}

export function isFinding(type: TypeHours, index: number): boolean {
  return type.findings.has(index);
}

function hasFilter(type: TypeHours, filter: Filter, index: number): boolean {
  return filter === "finding"
    ? isFinding(type, index)
    : type.state(index) === filter;
}

/** The types that the reader asked for, in the order that he asked for. */
export function chooseTypes(page: Page, view: View): TypeHours[] {
  const text = view.text.trim().toLocaleLowerCase();
  const { from, to } = shownSpan(page, view);
  const chosen = page.types.filter(
    (type) =>
      type.name.toLocaleLowerCase().includes(text) &&
      (view.owner === null || type.owner === view.owner) &&
      (view.filters.size === 0 ||
        someHour(from, to, (index) =>
          [...view.filters].some((filter) => hasFilter(type, filter, index)),
        )),
  );
  const keys = new Map(
    chosen.map((type) => [type, rank(type, view, from, to)]),
  );
  const key = (type: TypeHours): number => keys.get(type) ?? 0;
  return chosen.sort(
    (a, b) => key(b) - key(a) || a.name.localeCompare(b.name, "en"),
  );
}

function rank(type: TypeHours, view: View, from: number, to: number): number {
  if (view.order === "name") return 0;
  let sum = 0;
  for (let index = from; index < to; index += 1)
    sum +=
      view.order === "rows" ? (type.loaded(index) ?? 0) : judge(type, index);
  return sum;
}

/** How much an hour needs a look. */
function judge(type: TypeHours, index: number): number {
  const found = isFinding(type, index) ? 3 : 0;
  switch (type.state(index)) {
    case "differing":
      return 4 + found;
    case "staged":
      // Without an entry in the catalog no load is due: after what is, before what is well.
      return (type.table === null ? 0.001 : 2) + found;
    case "not_done":
      return 1 + found;
    case "empty":
    case "loaded":
      return found;
  }
}

function someHour(
  from: number,
  to: number,
  is: (index: number) => boolean,
): boolean {
  for (let index = from; index < to; index += 1) if (is(index)) return true;
  return false;
}
