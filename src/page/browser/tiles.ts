import { find, make } from "./dom.js";
import type { Page, TypeHours } from "./read-data.js";
import { sumRows } from "./types-table.js";
import type { Span } from "./view.js";
import { change, count, minutes } from "./words.js";

const dayHours = 24;
const weekHours = 7 * dayHours;

interface Tile {
  readonly label: string;
  readonly value: string;
  readonly words: string;
  readonly alarming: boolean;
}

/** The last day that is shown, in five numbers. */
export function showTiles(
  page: Page,
  types: readonly TypeHours[],
  { to }: Span,
): void {
  const from = Math.max(0, to - dayHours);
  const tiles = [
    tellRows(types, from, to),
    tellNotDone(page, from, to),
    tellNotLoaded(types, from, to),
    tellFindings(types, from, to),
    tellFreshness(page, types, to),
  ];
  find("tiles").replaceChildren(
    ...tiles.map(({ label, value, words, alarming }) =>
      make(
        "li",
        { class: alarming ? "tile alarming" : "tile" },
        make("span", { class: "tile-label" }, label),
        make("strong", {}, value),
        make("span", { class: "dim" }, words),
      ),
    ),
  );
}

function total(
  types: readonly TypeHours[],
  from: number,
  to: number,
): number | null {
  let sum: number | null = null;
  for (const type of types) {
    const rows = sumRows(type, from, to);
    if (rows !== null) sum = (sum ?? 0) + rows;
  }
  return sum;
}

function tellRows(types: readonly TypeHours[], from: number, to: number): Tile {
  const now = total(types, from, to);
  const before =
    from < weekHours ? null : total(types, from - weekHours, to - weekHours);
  const compared = change(now, before);
  return {
    label: "Rows loaded, 24 h",
    value: count(now),
    words:
      before === null
        ? "no week before to compare"
        : `${compared} to a week before`,
    alarming: now === null,
  };
}

function tellNotDone(page: Page, from: number, to: number): Tile {
  const hours = range(from, to).filter((index) => page.lines(index) === null);
  return {
    label: "Hours not done, 24 h",
    value: count(hours.length),
    words: hours.length === 0 ? "every hour is classified" : "not classified",
    alarming: hours.length > 0,
  };
}

function tellNotLoaded(
  types: readonly TypeHours[],
  from: number,
  to: number,
): Tile {
  let staged = 0;
  let differing = 0;
  let unknown = 0;
  for (const type of types) {
    const states = range(from, to).map((index) => type.state(index));
    const waiting = states.filter((state) => state === "staged").length;
    if (type.table !== null) staged += waiting;
    else if (waiting > 0) unknown += 1;
    differing += states.filter((state) => state === "differing").length;
  }
  return {
    label: "Loads due, 24 h",
    value: count(staged + differing),
    words: `${count(staged)} staged, ${count(differing)} differing${unknown === 0 ? "" : `; and ${count(unknown)} of the types ${unknown === 1 ? "is" : "are"} not in the catalog`}`,
    alarming: staged + differing > 0,
  };
}

function tellFindings(
  types: readonly TypeHours[],
  from: number,
  to: number,
): Tile {
  const found = types.filter((type) =>
    range(from, to).some((index) => type.findings.has(index)),
  );
  const judged = types.some(({ hasBands }) => hasBands);
  return {
    label: "Types marked, 24 h",
    value: judged || found.length > 0 ? count(found.length) : "–",
    words: judged
      ? "outside what was to be expected"
      : "no expected band is known",
    alarming: found.length > 0,
  };
}

function tellFreshness(
  page: Page,
  types: readonly TypeHours[],
  to: number,
): Tile {
  const newest = range(0, to)
    .reverse()
    .find((index) => types.some((type) => type.loaded(index) !== null));
  if (newest === undefined)
    return {
      label: "Newest load",
      value: "none",
      words: "nothing is loaded",
      alarming: true,
    };
  const age = page.generatedAt.getTime() - page.startOf(newest + 1).getTime();
  const ageMinutes = Math.max(0, age / 60_000);
  return {
    label: "Newest load",
    value: page.hour(newest),
    words: `ended ${minutes(ageMinutes)} before this page was made`,
    alarming: ageMinutes > 180,
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}
