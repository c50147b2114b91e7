import Table from "cli-table3";
import { framelessTable } from "../messages/frameless-table.js";
import { setAsideReasons } from "../classify/manifest.js";
import { shellWords } from "../shell-words.js";
import type { HourStatus } from "../status/read-states.js";
import type { TypeHour } from "../status/hour-states.js";

/** Hours as columns, types as rows; a type that nothing was seen of in any of the hours is left to the line below. */
export function formatStates(statuses: readonly HourStatus[]): string {
  const names = [
    ...new Set(statuses.flatMap(({ types }) => types.map(({ type }) => type))),
  ];
  const table = new Table({
    ...framelessTable,
    head: ["log type", ...statuses.map(({ hour }) => hour)],
    colAligns: ["left", ...statuses.map(() => "right" as const)],
  });
  for (const name of names) {
    const cells = statuses.map(({ manifest, types }) => ({
      manifest,
      cell: types.find(({ type }) => type === name),
    }));
    table.push([
      cells.every(({ cell }) => cell?.catalogued !== false)
        ? name
        : `${name} (not in the catalog)`,
      ...cells.map(({ cell, manifest }) =>
        cell === undefined ? "-" : formatCell(cell, manifest),
      ),
    ]);
  }
  for (const label of ["set aside", "blank", "lines"] as const) {
    table.push([
      label,
      ...statuses.map(({ manifest }) => countOf(manifest, label)),
    ]);
  }
  return trimLines(table.toString());
}

function formatCell(cell: TypeHour, manifest: HourStatus["manifest"]): string {
  switch (cell.state) {
    case "not_done":
      return "not done";
    case "empty":
      return "empty";
    case "staged":
      return `${cell.staged ?? 0} staged`;
    case "loaded":
      return `${cell.loaded ?? 0} loaded${describeAside(cell)}`;
    case "differing":
      return `${cell.loaded ?? "none"} loaded${describeAside(cell)}${describeStaged(cell, manifest)}: differing`;
  }
}

/** Where the counts are equal, what else tells the two apart. */
function describeStaged(
  { loaded, setAsideByLoad, staged, loadedSeq }: TypeHour,
  manifest: HourStatus["manifest"],
): string {
  const isEqual = (loaded ?? 0) + (setAsideByLoad ?? 0) === staged;
  if (manifest === null || loadedSeq === undefined || !isEqual)
    return `, ${staged ?? "none"} staged`;
  const { seq } = manifest;
  // A manifest that was deleted begins at seq 1 again.
  return loadedSeq === seq
    ? ` of a seq ${seq} of before, seq ${seq} staged`
    : ` of seq ${loadedSeq}, seq ${seq} staged`;
}

/** How what is differing is mended; the empty text where nothing is. */
export function formatDiffering(
  statuses: readonly HourStatus[],
  options: readonly string[],
): string {
  const hours = statuses
    .filter(({ types }) =>
      types.some(
        ({ state, catalogued }) => catalogued && state === "differing",
      ),
    )
    .map(({ hour }) => hour);
  const from = hours[0];
  const to = hours.at(-1);
  if (from === undefined || to === undefined) return "";
  const range = ["--from", from, "--to", to, "--run", ...options];
  return `What is differing is loaded again by: ${shellWords(["sluice", "reconcile", ...range])}`;
}

function describeAside({ setAsideByLoad }: TypeHour): string {
  const rows = setAsideByLoad ?? 0;
  return rows === 0 ? "" : `, ${rows} set aside`;
}

function countOf(
  manifest: HourStatus["manifest"],
  label: "set aside" | "blank" | "lines",
): string {
  if (manifest === null) return "-";
  return String(
    label === "set aside" ? manifest.set_aside.rows : manifest[label],
  );
}

/** Reasons as rows, hours as columns; the empty text where nothing was set aside. */
export function formatSetAside(statuses: readonly HourStatus[]): string {
  const reasons = setAsideReasons.filter((reason) =>
    statuses.some(({ manifest }) => manifest?.set_aside.reasons[reason]),
  );
  if (reasons.length === 0) return "";
  const table = new Table({
    ...framelessTable,
    head: ["set aside as", ...statuses.map(({ hour }) => hour)],
    colAligns: ["left", ...statuses.map(() => "right" as const)],
  });
  for (const reason of reasons) {
    table.push([
      reason,
      ...statuses.map(({ manifest }) =>
        manifest === null
          ? "-"
          : String(manifest.set_aside.reasons[reason] ?? 0),
      ),
    ]);
  }
  return trimLines(table.toString());
}

function trimLines(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
