import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findPackageRoot } from "../../package-root.js";

/** What the scanner says of a line; `firstType` and all above it are ids of types. See assembly/verdicts.ts. */
export const verdicts = {
  slow: 0,
  blank: 1,
  notJson: 2,
  notObject: 3,
  noType: 4,
  firstType: 5,
} as const;

const pageBytes = 65_536;

/** The scanner reads whole vectors, and so up to this much behind the last line. */
const roomBytes = 128;

/** What assembly/index.ts exports; addresses are in bytes. */
interface ScannerExports {
  readonly memory: WebAssembly.Memory;
  readonly BUFFERED_BYTES: WebAssembly.Global;
  readonly BUFFERED_LINES: WebAssembly.Global;
  readonly BUFFERS: WebAssembly.Global;
  readonly KEYS: WebAssembly.Global;
  readonly KEY_LENGTHS: WebAssembly.Global;
  readonly LARGE_BUFFER_BYTES: WebAssembly.Global;
  readonly LINE_ENDS: WebAssembly.Global;
  readonly LINE_VERDICTS: WebAssembly.Global;
  readonly MAX_KEYS: WebAssembly.Global;
  readonly MAX_KEY_BYTES: WebAssembly.Global;
  readonly NAMES: WebAssembly.Global;
  readonly NAME_BYTES: WebAssembly.Global;
  readonly NAME_LENGTHS: WebAssembly.Global;
  readonly otherLines: WebAssembly.Global;
  freeStart(): number;
  layOutBuffers(start: number, largeBuffers: number): number;
  setKeyPath(keys: number): void;
  scan(start: number, end: number): number;
  collect(start: number, lines: number, first: number): number;
  emptyBuffer(type: number): void;
  internType(at: number, length: number): number;
  typeIdLimit(): number;
}

/** The compiled scanner; null where this Node has no WebAssembly SIMD. Throws where the file was not built. */
export function compileScanner(
  file = join(findPackageRoot(), "dist/scanner.wasm"),
): WebAssembly.Module | null {
  const code = readFileSync(file);
  if (typeof WebAssembly === "undefined" || !WebAssembly.validate(code))
    return null;
  return new WebAssembly.Module(code);
}

/** Lines of one type, as they lie in its buffer. */
export interface BufferedLines {
  readonly rows: number;
  /** A view of the scanner's memory. */
  readonly bytes: Buffer;
}

/**
 * One scanner, with its own memory, table of types and buffers. Views of its memory, `memory` itself included, hold
 * until `reserve` is called: the memory may move when it grows.
 */
export class LineScanner {
  /** The whole memory. */
  memory: Buffer;
  readonly inputStart: number;
  /** The memory, as 32-bit numbers. */
  #words: Uint32Array;
  readonly #exports: ScannerExports;

  /**
   * Null where the key path is longer than the scanner's tables.
   * @param bufferBytes For the buffers of frequent types.
   */
  static create(
    module: WebAssembly.Module,
    typeKey: readonly string[],
    bufferBytes: number,
  ): LineScanner | null {
    const exports = new WebAssembly.Instance(module).exports as ScannerExports;
    const keys = typeKey.map((key) => Buffer.from(key));
    return keys.length > exports.MAX_KEYS.value ||
      keys.some((key) => key.length > exports.MAX_KEY_BYTES.value)
      ? null
      : new LineScanner(exports, keys, bufferBytes);
  }

  private constructor(
    exports: ScannerExports,
    keys: readonly Buffer[],
    bufferBytes: number,
  ) {
    this.#exports = exports;
    this.inputStart = exports.layOutBuffers(
      exports.freeStart(),
      Math.floor(bufferBytes / exports.LARGE_BUFFER_BYTES.value),
    );
    this.memory = Buffer.from(exports.memory.buffer);
    this.#words = new Uint32Array(exports.memory.buffer);
    for (const [index, key] of keys.entries()) {
      this.memory.set(
        key,
        exports.KEYS.value + index * exports.MAX_KEY_BYTES.value,
      );
      this.#words[exports.KEY_LENGTHS.value / 4 + index] = key.length;
    }
    exports.setKeyPath(keys.length);
  }

  /** Makes room for this many bytes of input. Views end here. */
  reserve(inputBytes: number): void {
    const { memory } = this.#exports;
    const missing =
      this.inputStart + inputBytes + roomBytes - memory.buffer.byteLength;
    if (missing <= 0) return;
    memory.grow(Math.ceil(missing / pageBytes));
    this.memory = Buffer.from(memory.buffer);
    this.#words = new Uint32Array(memory.buffer);
  }

  /** Judges the lines in the memory from `start` to `end`, right before which an LF stands; perhaps not all of them. Returns their number. */
  scan(start: number, end: number): number {
    return this.#exports.scan(start, end);
  }

  /** How many lines of the last scan have no type's id. */
  get otherLines(): number {
    return this.#exports.otherLines.value;
  }

  /** Of the last scan: where the line ends, its LF included, from the scan's start. */
  lineEnd(line: number): number {
    return this.#word(this.#exports.LINE_ENDS, line);
  }

  /** Of the last scan: the line's verdict, or its type's id. */
  verdict(line: number): number {
    return this.#word(this.#exports.LINE_VERDICTS, line);
  }

  setVerdict(line: number, verdict: number): void {
    this.#words[this.#exports.LINE_VERDICTS.value / 4 + line] = verdict;
  }

  /**
   * Puts the lines of the last scan that have a type's id behind the others in their types' buffers, less a CR at their
   * end, from line `first` on. Returns `lines`, or the line that its type's buffer has no room for: take the buffer's
   * lines, and go on there; a line that is longer than the buffer never has room.
   */
  collect(start: number, lines: number, first: number): number {
    return this.#exports.collect(start, lines, first);
  }

  /** Empties the type's buffer; what was in it is a view that holds until the next `collect`. Null where it is empty. */
  takeBuffer(id: number): BufferedLines | null {
    const exports = this.#exports;
    const rows = this.#word(exports.BUFFERED_LINES, id);
    if (rows === 0) return null;
    const start = this.#word(exports.BUFFERS, id);
    const end = start + this.#word(exports.BUFFERED_BYTES, id);
    exports.emptyBuffer(id);
    return { rows, bytes: this.memory.subarray(start, end) };
  }

  /** Ids in use are below this. */
  get typeIdLimit(): number {
    return this.#exports.typeIdLimit();
  }

  /** Name of a type's id. */
  nameOf(id: number): string {
    const { NAMES, NAME_BYTES, NAME_LENGTHS } = this.#exports;
    const start = NAMES.value + id * NAME_BYTES.value;
    const end = start + this.#word(NAME_LENGTHS, id);
    return this.memory.toString("latin1", start, end);
  }

  /** The id of a type that the host found; null where the table is full. `name`: one that a type may have. */
  intern(name: string): number | null {
    const { NAMES } = this.#exports;
    // Names of ids below the first one are free.
    const length = this.memory.write(name, NAMES.value, "latin1");
    const id = this.#exports.internType(NAMES.value, length);
    return id === verdicts.slow ? null : id;
  }

  #word(table: WebAssembly.Global, index: number): number {
    return this.#words[table.value / 4 + index] ?? 0;
  }
}
