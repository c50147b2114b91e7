/** A cell's state as one character, so that a type's hours are one text. */
export const stateLetters = {
  not_done: "n",
  empty: "e",
  staged: "s",
  loaded: "l",
  differing: "d",
} as const;

/** What is not known, in an array of counts. */
export const notKnown = -1;

/** Index and count in turn: for what most hours don't have. */
export type SparseCounts = readonly number[];

export interface PageDataType {
  readonly name: string;
  readonly table: string | null;
  readonly owner: string | null;
  /** A character of `stateLetters` per hour. */
  readonly states: string;
  /** Rows loaded per hour. */
  readonly loaded: readonly number[];
  /** Rows set aside by the load, where there are any. */
  readonly setAside: SparseCounts;
  /** Rows staged, where they are not those loaded and set aside. */
  readonly staged: SparseCounts;
  /** Minutes from the hour's end to the end of its load. */
  readonly readyMinutes: readonly number[];
  /** Tenths of a second that the load took. */
  readonly durations: readonly number[];
  readonly bands: {
    readonly low: readonly number[];
    readonly expected: readonly number[];
    readonly high: readonly number[];
  } | null;
  readonly findings: readonly {
    /** Of the hour. */
    readonly index: number;
    readonly rule: string;
    readonly message: string;
  }[];
}

/** The model as it lies in the file: columns of numbers, most of which are small. */
export interface PageData {
  /** ISO 8601 UTC. */
  readonly generatedAt: string;
  readonly timezone: string;
  /** The first folder hour; the others follow without a gap. */
  readonly from: string;
  readonly lines: readonly number[];
  readonly blank: readonly number[];
  readonly setAside: readonly number[];
  /** Reason to lines. */
  readonly reasons: Readonly<Record<string, SparseCounts>>;
  /** Type to rows. */
  readonly unknownTypes: readonly {
    readonly name: string;
    readonly rows: SparseCounts;
  }[];
  readonly types: readonly PageDataType[];
}
