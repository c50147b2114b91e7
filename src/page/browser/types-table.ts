import { find, make, makeTable, name, type Cell } from "./dom.js";
import type { Page, TypeHours } from "./read-data.js";
import type { Span } from "./view.js";
import { change, count, minutes } from "./words.js";

const dayHours = 24;
const weekHours = 7 * dayHours;

/** A row per type: the map as numbers. */
export function showTypesTable(
  page: Page,
  types: readonly TypeHours[],
  { to }: Span,
  choose: (type: TypeHours) => void,
): void {
  const from = Math.max(0, to - dayHours);
  const rows = types.map((type): Cell[] => {
    const button = make(
      "button",
      { type: "button", class: "link" },
      name(type.name),
    );
    button.onclick = () => {
      choose(type);
    };
    const now = sumRows(type, from, to);
    const before =
      to - weekHours - dayHours < 0
        ? null
        : sumRows(type, from - weekHours, to - weekHours);
    const states = countStates(type, from, to);
    return [
      { content: button },
      { content: type.owner === null ? "–" : name(type.owner) },
      { content: drawSpark(type, Math.max(0, to - weekHours), to) },
      { content: count(now), number: true },
      { content: change(now, before), number: true },
      { content: states },
      { content: count(countFindings(type, from, to)), number: true },
      { content: findNewest(page, type, to) },
    ];
  });
  find("types").replaceChildren(
    makeTable(
      "Types: the last 24 hours shown",
      [
        { content: "Type" },
        { content: "Owner" },
        { content: "7 days" },
        { content: "Rows, 24 h", number: true },
        { content: "To a week before", number: true },
        { content: "Not loaded, 24 h" },
        { content: "Marked", number: true },
        { content: "Newest load" },
      ],
      rows,
    ),
  );
}

export function sumRows(
  type: TypeHours,
  from: number,
  to: number,
): number | null {
  let sum: number | null = null;
  for (let index = from; index < to; index += 1) {
    const rows = type.loaded(index);
    if (rows !== null) sum = (sum ?? 0) + rows;
  }
  return sum;
}

function countStates(type: TypeHours, from: number, to: number): string {
  const counts = { not_done: 0, staged: 0, differing: 0 };
  for (let index = from; index < to; index += 1) {
    const state = type.state(index);
    if (state !== "empty" && state !== "loaded") counts[state] += 1;
  }
  const parts = [
    [counts.differing, "differing"],
    [counts.staged, "staged"],
    [counts.not_done, "not done"],
  ] as const;
  return (
    parts
      .filter(([hours]) => hours > 0)
      .map(([hours, state]) => `${hours} ${state}`)
      .join(", ") || "–"
  );
}

function countFindings(type: TypeHours, from: number, to: number): number {
  return [...type.findings.keys()].filter(
    (index) => index >= from && index < to,
  ).length;
}

function findNewest(page: Page, type: TypeHours, to: number): string {
  for (let index = to - 1; index >= 0; index -= 1) {
    if ((type.loaded(index) ?? 0) === 0) continue;
    const age = page.generatedAt.getTime() - page.startOf(index + 1).getTime();
    return `${page.hour(index)}, ${minutes(Math.max(0, age / 60_000))} ago`;
  }
  return "none";
}

const svg = "http://www.w3.org/2000/svg";
const width = 120;
const height = 24;

/** Rows by hour as a small line; gaps where nothing is known. */
function drawSpark(type: TypeHours, from: number, to: number): SVGSVGElement {
  const most = Math.max(
    1,
    ...Array.from(
      { length: to - from },
      (_, at) => type.loaded(from + at) ?? 0,
    ),
  );
  let path = "";
  let drawing = false;
  for (let index = from; index < to; index += 1) {
    const rows = type.loaded(index);
    if (rows !== null) {
      const x = ((index - from) / Math.max(1, to - from - 1)) * width;
      const y = height - 2 - (rows / most) * (height - 4);
      path += `${drawing ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    }
    drawing = rows !== null;
  }
  const picture = document.createElementNS(svg, "svg");
  picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
  picture.setAttribute("class", "spark");
  picture.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(svg, "path");
  line.setAttribute("d", path);
  picture.append(line);
  return picture;
}
