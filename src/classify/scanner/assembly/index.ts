import { LF } from "./bytes";
import { bufferLine } from "./type-buffers";
import { FIRST_TYPE, NOT_JSON, SLOW } from "./verdicts";
import { lineFeed, walkLine } from "./walk-line";

export {
  KEYS,
  KEY_LENGTHS,
  MAX_KEYS,
  MAX_KEY_BYTES,
  setKeyPath,
} from "./key-path";
export {
  BUFFERED_BYTES,
  BUFFERED_LINES,
  BUFFERS,
  LARGE_BUFFER_BYTES,
  emptyBuffer,
  layOutBuffers,
} from "./type-buffers";
export {
  NAMES,
  NAME_BYTES,
  NAME_LENGTHS,
  internType,
  typeIdLimit,
} from "./type-table";

/** Lines of one call. */
export const MAX_LINES: u32 = 65536;

/** By line: where it ends, its LF included, from the call's start. */
export const LINE_ENDS = memory.data(65536 * 4, 16);
/** By line: a verdict or a type's id. */
export const LINE_VERDICTS = memory.data(65536 * 4, 16);

/** How many of the last scan's lines have no type's id. */
export let otherLines: u32 = 0;

/** Where the host may lay out the buffers, and its input behind them. */
export function freeStart(): usize {
  return (__heap_base + 63) & ~63;
}

/**
 * Judges the lines from `start` on, up to `end`, right before which an LF stands; stops after MAX_LINES of them.
 * Reads up to 96 bytes past `end`. Returns the number of lines.
 */
export function scan(start: usize, end: usize): u32 {
  let at = start;
  let line: u32 = 0;
  otherLines = 0;
  while (at < end && line < MAX_LINES) {
    const verdict = walkLine(at);
    const stop =
      verdict == NOT_JSON || verdict == SLOW ? findLineFeed(at) : lineFeed;
    if (verdict < FIRST_TYPE) otherLines += 1;
    at = stop + 1;
    store<u32>(LINE_ENDS + (line << 2), <u32>(at - start));
    store<u32>(LINE_VERDICTS + (line << 2), verdict);
    line += 1;
  }
  return line;
}

function findLineFeed(at: usize): usize {
  while (true) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(LF)));
    if (found != 0) return at + ctz(found);
    at += 16;
  }
}

/**
 * Puts those of the last scan's lines that have a type into the buffers of their types, in their order, from line
 * `first` on. Returns `lines`, or the line before which its type's buffer must be emptied.
 */
export function collect(start: usize, lines: u32, first: u32): u32 {
  let begin =
    first == 0 ? start : start + load<u32>(LINE_ENDS + ((first - 1) << 2));
  for (let line = first; line < lines; line += 1) {
    const end = start + load<u32>(LINE_ENDS + (line << 2));
    const type = load<u32>(LINE_VERDICTS + (line << 2));
    if (type >= FIRST_TYPE && !bufferLine(type, begin, end)) return line;
    begin = end;
  }
  return lines;
}
