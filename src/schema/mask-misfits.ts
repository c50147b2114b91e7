import { findMask } from "./find-mask.js";
import type { RowMisfit } from "./judge-row.js";

/** Misfits for messages: a key that the schema lacks has no name below a masked column, as names of keys may be values there. */
export function maskMisfits(
  misfits: readonly RowMisfit[],
  mask: readonly string[],
): readonly RowMisfit[] {
  if (mask.length === 0) return misfits;
  return misfits.map((misfit) => {
    if (misfit.expected !== "a column of the schema") return misfit;
    const path = findMask(misfit.column, mask);
    return path === undefined ||
      path.toLowerCase() === misfit.column.toLowerCase()
      ? misfit
      : { ...misfit, column: `${path}.***` };
  });
}
