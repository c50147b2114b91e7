import type {
  ObjectLines,
  RefusedLine,
  Splitter,
  SplitSink,
  SplitterOptions,
} from "../../src/classify/splitter.js";
import { keptHeadBytes } from "../../src/classify/splitter.js";
import { expectedBytes, judgeLine } from "./line-oracle.js";

export type MakeSplitter = (
  sink: SplitSink,
  options: SplitterOptions,
) => Splitter;

export interface TypeLines {
  readonly rows: number;
  readonly bytes: Buffer;
}

export interface RecordedSplit {
  readonly objects: readonly ObjectLines[];
  readonly types: ReadonlyMap<string, TypeLines>;
  readonly refused: readonly RefusedLine[];
}

/** What a splitter makes of the objects, each of which is pushed piece by piece; the pieces are overwritten afterwards. */
export function recordSplit(
  makeSplitter: MakeSplitter,
  options: SplitterOptions,
  objects: readonly (readonly Uint8Array[])[],
): RecordedSplit {
  const types = new Map<string, { rows: number; pieces: Buffer[] }>();
  const refused: RefusedLine[] = [];
  const splitter = makeSplitter(
    {
      takeLines(type, rows, bytes) {
        const lines = types.get(type) ?? { rows: 0, pieces: [] };
        types.set(type, lines);
        lines.rows += rows;
        lines.pieces.push(Buffer.from(bytes));
      },
      takeRefused(line) {
        refused.push({ ...line, bytes: Buffer.from(line.bytes) });
      },
    },
    options,
  );
  const counts = objects.map((pieces) => {
    for (const piece of pieces) {
      const reused = Buffer.from(piece);
      splitter.push(reused);
      reused.fill("x");
    }
    return splitter.end();
  });
  splitter.flush();
  return {
    objects: counts,
    refused,
    types: new Map(
      [...types].map(([type, { rows, pieces }]) => [
        type,
        { rows, bytes: Buffer.concat(pieces) },
      ]),
    ),
  };
}

/** What JSON.parse makes of them. */
export function expectedSplit(
  { typeKey, maxLineBytes }: SplitterOptions,
  objects: readonly Buffer[],
): RecordedSplit {
  const types = new Map<string, Buffer[]>();
  const refused: RefusedLine[] = [];
  const counts = objects.map((object) => {
    let lines = 0;
    let blank = 0;
    for (let offset = 0, end = 0; offset < object.length; offset = end + 1) {
      end = object.indexOf(0x0a, offset);
      if (end < 0) end = object.length;
      const bytes = object.subarray(offset, end);
      lines += 1;
      const isTooLong = bytes.length > maxLineBytes;
      const outcome = isTooLong
        ? { reason: "too_long" as const }
        : judgeLine(bytes, typeKey);
      if (outcome === "blank") {
        blank += 1;
      } else if ("type" in outcome) {
        const pieces = types.get(outcome.type);
        if (pieces === undefined)
          types.set(outcome.type, [expectedBytes(bytes)]);
        else pieces.push(expectedBytes(bytes));
      } else {
        refused.push({
          ...outcome,
          line: lines,
          offset,
          lengthBytes: bytes.length,
          bytes: isTooLong ? bytes.subarray(0, keptHeadBytes) : bytes,
        });
      }
    }
    const isCut = object.length > 0 && object.at(-1) !== 0x0a;
    return { lines, blank, bytes: object.length + (isCut ? 1 : 0) };
  });
  return {
    objects: counts,
    refused,
    types: new Map(
      [...types].map(([type, pieces]) => [
        type,
        { rows: pieces.length, bytes: Buffer.concat(pieces) },
      ]),
    ),
  };
}

/** Null: none. */
export function findDifference(
  expected: RecordedSplit,
  found: RecordedSplit,
): string | null {
  const counts = [expected, found].map(({ objects }) =>
    JSON.stringify(objects),
  );
  if (counts[0] !== counts[1])
    return `expected ${counts[0]!}, found ${counts[1]!}`;
  for (const [index, line] of expected.refused.entries()) {
    const other = found.refused[index];
    if (other === undefined) return `not refused: ${describeRefused(line)}`;
    if (
      line.reason !== other.reason ||
      line.line !== other.line ||
      line.offset !== other.offset ||
      line.lengthBytes !== other.lengthBytes ||
      !Buffer.from(line.bytes).equals(other.bytes)
    )
      return `expected ${describeRefused(line)}, found ${describeRefused(other)}`;
  }
  const more = found.refused[expected.refused.length];
  if (more !== undefined) return `refused: ${describeRefused(more)}`;
  for (const type of new Set([
    ...expected.types.keys(),
    ...found.types.keys(),
  ])) {
    const lines = expected.types.get(type);
    const others = found.types.get(type);
    if (lines?.rows !== others?.rows)
      return `type ${type}: expected ${lines?.rows ?? 0} lines, found ${others?.rows ?? 0}`;
    if (lines !== undefined && others?.bytes.equals(lines.bytes) !== true)
      return `type ${type}: ${describeFirstDifference(lines.bytes, others?.bytes)}`;
  }
  return null;
}

function describeRefused({ bytes, ...facts }: RefusedLine): string {
  return `${JSON.stringify(facts)} ${shorten(bytes)}`;
}

function describeFirstDifference(
  expected: Buffer,
  found: Buffer | undefined,
): string {
  const at = expected.findIndex((byte, index) => byte !== found?.[index]);
  const show = (bytes: Buffer | undefined) =>
    bytes === undefined ? "nothing" : shorten(bytes.subarray(Math.max(0, at)));
  return `at byte ${at}: expected ${show(expected)}, found ${show(found)}`;
}

function shorten(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 200)).toString("latin1");
  return `${JSON.stringify(start)} (${bytes.length} bytes, as Latin-1)`;
}
