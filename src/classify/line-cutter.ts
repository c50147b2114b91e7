import { keptHeadBytes } from "./splitter.js";

export type LineBlock =
  /** Whole lines, each ended by LF; `offset`: where they start in the object's plain bytes. */
  | {
      readonly kind: "lines";
      readonly offset: number;
      readonly bytes: Buffer;
    }
  /** One line of more than the limit, of which only the first bytes are kept. */
  | {
      readonly kind: "too_long";
      readonly offset: number;
      readonly lengthBytes: number;
      readonly head: Buffer;
    };

export interface LineCutter {
  push(bytes: Uint8Array): void;
  /** Ends the object; returns its plain bytes. */
  end(): number;
}

/**
 * Cuts an object's bytes at LF, and nowhere else. The last line gets the LF that it lacks. At most `maxLineBytes` of an
 * unfinished line are held; a longer one (its CR counted, its LF not) passes by with its first 64 KiB, whatever it holds.
 */
export function createLineCutter(
  maxLineBytes: number,
  takeBlock: (block: LineBlock) => void,
): LineCutter {
  let offset = 0;
  let rest: Uint8Array[] = [];
  let restBytes = 0;
  let dropped = false;

  const carry = (piece: Uint8Array): void => {
    restBytes += piece.length;
    if (!dropped) rest.push(Buffer.from(piece));
    if (!dropped && restBytes > Math.max(maxLineBytes, keptHeadBytes)) {
      dropped = true;
      rest = [Buffer.from(Buffer.concat(rest).subarray(0, keptHeadBytes))];
    }
  };
  const finishLine = (): void => {
    const kept = Buffer.concat(rest);
    takeBlock(
      restBytes > maxLineBytes
        ? {
            kind: "too_long",
            offset,
            lengthBytes: restBytes,
            head: kept.subarray(0, keptHeadBytes),
          }
        : {
            kind: "lines",
            offset,
            bytes: Buffer.concat([kept, Buffer.from("\n")]),
          },
    );
    offset += restBytes + 1;
    rest = [];
    restBytes = 0;
    dropped = false;
  };

  return {
    push(bytes) {
      const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      let start = 0;
      for (let end: number; (end = block.indexOf(0x0a, start)) >= 0;) {
        if (restBytes > 0 || end - start > maxLineBytes) {
          carry(block.subarray(start, end));
          finishLine();
          start = end + 1;
          continue;
        }
        const stop = lastShortLineEnd(block, start, maxLineBytes);
        takeBlock({
          kind: "lines",
          offset,
          bytes: block.subarray(start, stop),
        });
        offset += stop - start;
        start = stop;
      }
      if (start < block.length) carry(block.subarray(start));
    },
    end() {
      if (restBytes > 0) finishLine();
      const bytes = offset;
      offset = 0;
      return bytes;
    },
  };
}

/** Where the block's whole lines end: at once its last LF, save for limits below the block's size. */
function lastShortLineEnd(
  block: Buffer,
  start: number,
  maxLineBytes: number,
): number {
  const last = block.lastIndexOf(0x0a) + 1;
  if (last - start <= maxLineBytes) return last;
  let stop = start;
  for (
    let end: number;
    (end = block.indexOf(0x0a, stop)) >= 0 && end - stop <= maxLineBytes;
  ) {
    stop = end + 1;
  }
  return stop;
}
