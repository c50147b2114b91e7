import { CR, LF } from "./bytes";
import { MAX_TYPES } from "./type-table";

/** Each type has a small buffer; the first that fill theirs, which are the frequent ones, get a large one, as long as there are any. */
const SMALL_BUFFER_BYTES: u32 = 4096;
export const LARGE_BUFFER_BYTES: u32 = 262144;

/** By type: where its buffer is, how much it takes, how much is in it, and how many lines that is. */
export const BUFFERS = memory.data(4096 * 4, 16);
const capacities = memory.data(4096 * 4, 16);
export const BUFFERED_BYTES = memory.data(4096 * 4, 16);
export const BUFFERED_LINES = memory.data(4096 * 4, 16);

let smallBuffers: usize = 0;
let nextLarge: usize = 0;
let largeLeft: u32 = 0;

/** Lays the buffers out from `start` on; returns where they end. */
export function layOutBuffers(start: usize, largeBuffers: u32): usize {
  smallBuffers = start;
  nextLarge = start + MAX_TYPES * SMALL_BUFFER_BYTES;
  largeLeft = largeBuffers;
  return nextLarge + largeBuffers * LARGE_BUFFER_BYTES;
}

/** Puts a line and its LF, less a CR before it, behind the type's others. False, and nothing is done, where its buffer lacks the room. */
export function bufferLine(type: u32, begin: usize, end: usize): bool {
  const length = <u32>(end - begin);
  const cut: u32 = length > 1 && load<u8>(end - 2) == CR ? 1 : 0;
  const index = type << 2;
  const used = load<u32>(BUFFERED_BYTES + index);
  const needed = used + length - cut;
  if (needed > load<u32>(capacities + index) && !enlarge(type, used, needed)) {
    return false;
  }
  const to = <usize>load<u32>(BUFFERS + index) + used;
  memory.copy(to, begin, length - cut);
  if (cut) store<u8>(to + length - 2, LF);
  store<u32>(BUFFERED_BYTES + index, needed);
  store<u32>(BUFFERED_LINES + index, load<u32>(BUFFERED_LINES + index) + 1);
  return true;
}

function enlarge(type: u32, used: u32, needed: u32): bool {
  const index = type << 2;
  if (needed <= SMALL_BUFFER_BYTES) {
    store<u32>(BUFFERS + index, <u32>smallBuffers + type * SMALL_BUFFER_BYTES);
    store<u32>(capacities + index, SMALL_BUFFER_BYTES);
    return true;
  }
  if (needed > LARGE_BUFFER_BYTES || largeLeft == 0) return false;
  memory.copy(nextLarge, load<u32>(BUFFERS + index), used);
  store<u32>(BUFFERS + index, <u32>nextLarge);
  store<u32>(capacities + index, LARGE_BUFFER_BYTES);
  nextLarge += LARGE_BUFFER_BYTES;
  largeLeft -= 1;
  return true;
}

/** Empties the type's buffer; to be called when the host has used what was in it. */
export function emptyBuffer(type: u32): void {
  store<u32>(BUFFERED_BYTES + (type << 2), 0);
  store<u32>(BUFFERED_LINES + (type << 2), 0);
}
