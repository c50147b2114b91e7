/** `1 hour`, `2 hours`; `plural` where it takes more than an s: `1 row is`, `2 rows are`. */
export function countOf(
  count: number,
  what: string,
  plural = `${what}s`,
  format: (count: number) => string = String,
): string {
  return `${format(count)} ${count === 1 ? what : plural}`;
}
