const everyColumn = "*";

/**
 * The path of the mask that hides this column; undefined where none does. A mask's paths have dots between names, and hide what
 * stands at them and all below, without regard to case, as keys are matched to columns. `*` hides all at the
 * top of the rows, each under its own name.
 */
export function findMask(
  column: string,
  mask: readonly string[],
): string | undefined {
  const found = column.toLowerCase();
  if (mask.includes(everyColumn)) return column.split(".", 1)[0];
  return mask.find((path) => {
    const hidden = path.toLowerCase();
    return found === hidden || found.startsWith(`${hidden}.`);
  });
}

/** Whether a mask hides something below this column. */
export function holdsMasked(column: string, mask: readonly string[]): boolean {
  const start = `${column.toLowerCase()}.`;
  return mask.some((path) => path.toLowerCase().startsWith(start));
}
