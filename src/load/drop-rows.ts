const newline = 0x0a;

/** Which rows of a file are meant, a bit for each. */
export type RowMarks = Uint8Array;

export function createRowMarks(rows: number): RowMarks {
  return new Uint8Array(Math.ceil(rows / 8));
}

/** Rows count from 0. */
export function markRow(marks: RowMarks, row: number): void {
  const at = row >> 3;
  marks[at] = (marks[at] ?? 0) | (1 << (row & 7));
}

/** The bytes of an NDJSON stream without the marked rows and their newlines. */
export async function* dropRows(
  body: AsyncIterable<Uint8Array>,
  marks: RowMarks,
): AsyncGenerator<Uint8Array> {
  const isMarked = (row: number) =>
    ((marks[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;
  let row = 0;
  for await (const block of body) {
    let keptFrom = isMarked(row) ? -1 : 0;
    let at = 0;
    for (;;) {
      const end = block.indexOf(newline, at);
      if (end === -1) break;
      row += 1;
      at = end + 1;
      const drops = isMarked(row);
      if (drops && keptFrom !== -1) {
        yield block.subarray(keptFrom, at);
        keptFrom = -1;
      } else if (!drops && keptFrom === -1) {
        keptFrom = at;
      }
    }
    if (keptFrom !== -1 && keptFrom < block.length)
      yield block.subarray(keptFrom);
  }
}
