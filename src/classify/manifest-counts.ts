import { countOf } from "../count-of.js";
import type { Manifest } from "./manifest.js";

/** What a manifest counts, and the files that hold it. */
export type ManifestContents = Pick<
  Manifest,
  "lines" | "blank" | "set_aside" | "types"
>;

/** Which counts of the manifest do not add up, in words; null where every line is accounted for. */
export function findCountMismatch(manifest: ManifestContents): string | null {
  const types = Object.entries(manifest.types);
  for (const [name, type] of types) {
    const rows = sum(type.files.map((file) => file.rows));
    if (rows !== type.rows)
      return `${name} has ${countOf(type.rows, "row")}, its files ${rows}`;
  }
  const reasons = sum(Object.values(manifest.set_aside.reasons));
  if (reasons !== manifest.set_aside.rows) {
    return `${countOf(manifest.set_aside.rows, "line is", "lines are")} set aside, ${reasons} by their reasons`;
  }
  const rows = sum(types.map(([, type]) => type.rows));
  const accounted = rows + manifest.set_aside.rows + manifest.blank;
  return accounted === manifest.lines
    ? null
    : `${countOf(manifest.lines, "line was", "lines were")} read, ${accounted} are accounted for (${countOf(rows, "row")}, ${manifest.set_aside.rows} set aside, ${manifest.blank} blank)`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
