import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { join, relative } from "node:path";
import { crc32, crc32c } from "@node-rs/crc32";
import { badType, typeOfFile } from "./output-layout.js";

/** A multiset of lines, in no order: how many there are, and two sums over their checksums. */
export interface LineSum {
  lines: number;
  sum32: number;
  sum32c: number;
}

const readBytes = 1 << 20;
const sumModulus = 2 ** 52;
const lf = 0x0a;
const cr = 0x0d;

/** Sums a way's output by type. A line is its bytes without its newline and without a CR before that; blank lines are none. */
export function sumLines(folder: string): ReadonlyMap<string, LineSum> {
  const sums = new Map<string, LineSum>();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const file = join(entry.parentPath, entry.name);
    const path = relative(folder, file);
    const type = entry.isFile() ? typeOfFile(path) : null;
    if (type === null) continue;
    let sum = sums.get(type);
    if (sum === undefined)
      sums.set(type, (sum = { lines: 0, sum32: 0, sum32c: 0 }));
    const readLine = path.startsWith("_set_aside/") ? readSetAside : withoutCr;
    for (const line of readLines(file)) addLine(sum, readLine(line));
  }
  for (const [type, { lines }] of sums) if (lines === 0) sums.delete(type);
  return sums;
}

export interface Disagreement {
  readonly type: string;
  readonly lines: number;
  readonly otherLines: number;
}

/** The types whose lines are not the same. */
export function compareSums(
  sums: ReadonlyMap<string, LineSum>,
  others: ReadonlyMap<string, LineSum>,
): Disagreement[] {
  return [...new Set([...sums.keys(), ...others.keys()])].flatMap((type) => {
    const one = sums.get(type);
    const other = others.get(type);
    return one?.lines === other?.lines &&
      one?.sum32 === other?.sum32 &&
      one?.sum32c === other?.sum32c
      ? []
      : [{ type, lines: one?.lines ?? 0, otherLines: other?.lines ?? 0 }];
  });
}

/** Compares with what the corpus' maker wrote, by number alone. */
export function compareCounts(
  sums: ReadonlyMap<string, LineSum>,
  counts: ReadonlyMap<string, number>,
  bad: number,
): Disagreement[] {
  const made = new Map(counts);
  if (bad > 0) made.set(badType, bad);
  return [...new Set([...sums.keys(), ...made.keys()])].flatMap((type) => {
    const lines = sums.get(type)?.lines ?? 0;
    const otherLines = made.get(type) ?? 0;
    return lines === otherLines ? [] : [{ type, lines, otherLines }];
  });
}

function addLine(sum: LineSum, line: Uint8Array): void {
  if (line.length === 0) return;
  sum.lines += 1;
  sum.sum32 = (sum.sum32 + crc32(line)) % sumModulus;
  sum.sum32c = (sum.sum32c + crc32c(line)) % sumModulus;
}

/** Each is good until the next one is asked for. */
function* readLines(path: string): Generator<Buffer> {
  const file = openSync(path, "r");
  const chunk = Buffer.allocUnsafe(readBytes);
  let rest = Buffer.alloc(0);
  for (let count; (count = readSync(file, chunk)) > 0;) {
    const block = Buffer.concat([rest, chunk.subarray(0, count)]);
    let start = 0;
    for (let end; (end = block.indexOf(lf, start)) >= 0; start = end + 1)
      yield block.subarray(start, end);
    rest = block.subarray(start);
  }
  closeSync(file);
  yield rest;
}

function withoutCr(line: Buffer): Buffer {
  return line.at(-1) === cr ? line.subarray(0, -1) : line;
}

/** The line that a set-aside record tells of. */
function readSetAside(record: Buffer): Buffer {
  if (record.length === 0) return record;
  const { text, base64 } = JSON.parse(record.toString()) as {
    text?: string;
    base64?: string;
  };
  return withoutCr(
    text === undefined
      ? Buffer.from(base64 ?? "", "base64")
      : Buffer.from(text),
  );
}
