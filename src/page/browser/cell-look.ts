import { isFinding } from "./view.js";
import type { TypeHours } from "./read-data.js";

/** How a cell looks: never by its colour alone. */
export interface CellLook {
  /** A colour of page.css. */
  readonly fill: string;
  readonly mark: string;
  readonly markFill: string;
  readonly hatched?: boolean;
  readonly outlined?: boolean;
}

export type LookName =
  | "not_done"
  | "empty"
  | "staged"
  | "differing"
  | "low"
  | "high"
  | "other"
  | "loaded0"
  | "loaded1"
  | "loaded2"
  | "loaded3";

export const looks: Readonly<Record<LookName, CellLook>> = {
  not_done: { fill: "not-done", mark: "", markFill: "ink", hatched: true },
  empty: { fill: "card", mark: "0", markFill: "dim", outlined: true },
  staged: { fill: "staged", mark: "S", markFill: "on-staged" },
  differing: { fill: "differing", mark: "≠", markFill: "on-differing" },
  low: { fill: "finding", mark: "▼", markFill: "on-finding" },
  high: { fill: "finding", mark: "▲", markFill: "on-finding" },
  other: { fill: "finding", mark: "!", markFill: "on-finding" },
  loaded0: { fill: "loaded-0", mark: "", markFill: "ink" },
  loaded1: { fill: "loaded-1", mark: "", markFill: "ink" },
  loaded2: { fill: "loaded-2", mark: "", markFill: "ink" },
  loaded3: { fill: "loaded-3", mark: "", markFill: "ink" },
};

/** Worst first: a day looks as its worst hour does. */
const severity: readonly LookName[] = [
  "differing",
  "staged",
  "low",
  "high",
  "other",
  "not_done",
];

/** The look of one hour, or of the hours of a day together. */
export function chooseLook(
  type: TypeHours,
  index: number,
  hours: number,
): LookName {
  let worst = severity.length;
  let rows = 0;
  let loads = 0;
  for (let at = index; at < index + hours; at += 1) {
    const name = judge(type, at);
    const rank = name === null ? -1 : severity.indexOf(name);
    if (rank !== -1) worst = Math.min(worst, rank);
    const loaded = type.loaded(at);
    if (loaded === null || loaded === 0) continue;
    rows += loaded;
    loads += 1;
  }
  const name = severity[worst];
  if (name !== undefined) return name;
  if (loads === 0) return "empty";
  const share = rows / loads / (type.busyRows() || 1);
  if (share < 0.25) return "loaded0";
  if (share < 0.5) return "loaded1";
  return share < 0.75 ? "loaded2" : "loaded3";
}

function judge(type: TypeHours, index: number): LookName | null {
  const state = type.state(index);
  if (state === "differing" || state === "staged") return state;
  if (isFinding(type, index)) return judgeFinding(type, index);
  return state === "not_done" ? "not_done" : null;
}

function judgeFinding(type: TypeHours, index: number): LookName {
  const rules = (type.findings.get(index) ?? []).map(({ rule }) => rule);
  if (rules.some((rule) => rule === "drop" || rule === "missing")) return "low";
  return rules.includes("jump") ? "high" : "other";
}
