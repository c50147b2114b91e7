/** One line, without its newline. */
export interface MadeLine {
  readonly text: string;
  /** Null where a classifier must set the line aside, or skip it as blank. */
  readonly type: string | null;
  /** Byte to overwrite by one that no UTF-8 holds. */
  readonly brokenAt?: number;
}

/** Endless, and the same for the same seed. */
export interface LineSource {
  /** Every type that may come. */
  readonly types: readonly string[];
  next(): MadeLine;
}
