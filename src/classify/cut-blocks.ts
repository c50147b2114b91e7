/** BigQuery takes no JSON row above 100 MB. */
export const maxLineBytes = 100_000_000;

/** As much of a line that is too long as its set-aside record keeps, at most. */
const keptHeadBytes = 64 * 1024;

export type LineBlock =
  /** Whole lines, each ended by LF; `offset`: where they start in the decompressed bytes. */
  | {
      readonly kind: "lines";
      readonly offset: number;
      readonly bytes: Uint8Array;
    }
  /** One line of more than the limit, of which only the first bytes are kept. */
  | {
      readonly kind: "too_long";
      readonly offset: number;
      readonly lengthBytes: number;
      readonly head: Uint8Array;
    };

/**
 * Cuts a stream of blocks at LF, and nowhere else. The last line gets the LF that it lacks. At most `maxBytes` of an
 * unfinished line are held; a longer one (its CR counted, its LF not) passes by with its first 64 KiB, whatever it holds.
 */
export async function* cutBlocks(
  body: AsyncIterable<Uint8Array>,
  maxBytes = maxLineBytes,
): AsyncGenerator<LineBlock> {
  let offset = 0;
  let rest: Uint8Array[] = [];
  let restBytes = 0;
  let dropped = false;

  const carry = (piece: Uint8Array): void => {
    restBytes += piece.length;
    if (!dropped) rest.push(piece);
    if (!dropped && restBytes > maxBytes) {
      dropped = true;
      rest = [Buffer.from(Buffer.concat(rest).subarray(0, keptHeadBytes))];
    }
  };
  const finishLine = (): LineBlock => {
    const line: LineBlock = dropped
      ? {
          kind: "too_long",
          offset,
          lengthBytes: restBytes,
          head: Buffer.concat(rest).subarray(0, restBytes),
        }
      : {
          kind: "lines",
          offset,
          bytes: Buffer.concat([...rest, Buffer.from("\n")]),
        };
    offset += restBytes + 1;
    rest = [];
    restBytes = 0;
    dropped = false;
    return line;
  };

  for await (const bytes of body) {
    const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let start = 0;
    for (let end: number; (end = block.indexOf(0x0a, start)) >= 0;) {
      if (restBytes > 0 || end - start > maxBytes) {
        carry(block.subarray(start, end));
        yield finishLine();
        start = end + 1;
        continue;
      }
      const stop = lastShortLineEnd(block, start, maxBytes);
      yield { kind: "lines", offset, bytes: block.subarray(start, stop) };
      offset += stop - start;
      start = stop;
    }
    if (start < block.length) carry(block.subarray(start));
  }
  if (restBytes > 0) yield finishLine();
}

/** Where the block's whole lines end: at once its last LF, save for limits below the block's size. */
function lastShortLineEnd(
  block: Buffer,
  start: number,
  maxBytes: number,
): number {
  const last = block.lastIndexOf(0x0a) + 1;
  if (last - start <= maxBytes) return last;
  let stop = start;
  for (
    let end: number;
    (end = block.indexOf(0x0a, stop)) >= 0 && end - stop <= maxBytes;
  ) {
    stop = end + 1;
  }
  return stop;
}
