import type { SetAsideReason } from "./manifest.js";

/** Whole lines of one type, each ended by LF, in the order in which they came. */
export interface TypeSlice {
  readonly type: string;
  readonly rows: number;
  readonly bytes: Uint8Array;
}

export interface RefusedLine {
  readonly reason: SetAsideReason;
  /** Which line of the block, from 0, blank ones counted. */
  readonly line: number;
  /** Where it starts in the block. */
  readonly offset: number;
  /** As it came, without its newline. */
  readonly bytes: Uint8Array;
}

export interface SplitBlock {
  readonly lines: number;
  readonly blank: number;
  readonly slices: readonly TypeSlice[];
  readonly refused: readonly RefusedLine[];
}

/**
 * Sorts the lines of a block by their type. A line is routed by what JSON.parse makes of it; its bytes are passed on
 * as they came, less one CR at the end, save for the columns that its type wraps.
 */
export interface Splitter {
  /** `block`: whole lines, each ended by LF. What is returned may be views of it, or of the splitter's memory: used up before the next call. */
  split(block: Uint8Array): SplitBlock;
}
