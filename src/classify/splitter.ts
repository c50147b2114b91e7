import type { SetAsideReason } from "./manifest.js";

export interface RefusedLine {
  readonly reason: SetAsideReason;
  /** Which line of the object, from 1, blank ones counted. */
  readonly line: number;
  /** Where it starts in the object's plain bytes. */
  readonly offset: number;
  /** Of the line as it came, without its newline. */
  readonly lengthBytes: number;
  /** The whole line, without its newline; of a `too_long` one, its first 64 KiB. */
  readonly bytes: Uint8Array;
}

/** Takes what a splitter finds. Bytes may be views of the splitter's memory: they are used up, or copied, in the call. */
export interface SplitSink {
  /** Whole lines of one type, each ended by LF. The calls for one type are in the order of the input. */
  takeLines(type: string, rows: number, bytes: Uint8Array): void;
  takeRefused(line: RefusedLine): void;
}

export interface ObjectLines {
  readonly lines: number;
  readonly blank: number;
  /** Plain bytes; the LF that the last line lacked counts. */
  readonly bytes: number;
}

/**
 * Sorts the lines of objects by their type. A line is routed by what JSON.parse makes of it; its bytes are passed on as
 * they came, less one CR at the end. A line ends at LF, and nowhere else; the last one of an object may lack it. The
 * first reason that holds is a refused line's: too_long, not_utf8, not_json, not_object, no_type, bad_type_name.
 */
export interface Splitter {
  readonly kind: "scanner" | "json_parse";
  /** The object's next bytes, cut anywhere. They are not kept. */
  push(bytes: Uint8Array): void;
  /** The object is at its end: its last line is passed on, and the next push begins another one. */
  end(): ObjectLines;
  /** Passes on the lines that were held back, so that they come to the sink many at once. To be called after the last object. */
  flush(): void;
}

export interface SplitterOptions {
  /** Path of own members; arrays are not walked. */
  readonly typeKey: readonly string[];
  /** A longer line (its CR counted, its LF not) is refused, whatever it holds; of it, only the first 64 KiB are held. */
  readonly maxLineBytes: number;
  /** How many bytes of lines the splitter may hold back. */
  readonly bufferBytes: number;
}

/** BigQuery takes no JSON row above 100 MB. */
export const defaultMaxLineBytes = 100_000_000;

/** As much of a line that is too long as its set-aside record keeps, at most. */
export const keptHeadBytes = 64 * 1024;
