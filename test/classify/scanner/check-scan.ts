import {
  LineScanner,
  verdicts,
} from "../../../src/classify/scanner/line-scanner.js";
import { expectVerdict, toLatin1 } from "./expected-verdict.js";
import { isSafeTypeName, mayBeSlow } from "./may-be-slow.js";

const lf = 0x0a;
const cr = 0x0d;
const newline = Buffer.from("\n");

/** Ids that the scanner's table has. */
export const maxTypes = 4096 - verdicts.firstType;

const smallBufferBytes = 4096;
/** Room for two large ones, so that frequent types get one, and others don't. */
const bufferBytes = 2 * 262_144 + 1;

/** The first bytes of the line, and what was wrong with it; null: nothing. */
export type Fault = string | null;

export interface ScanCheck {
  /** The block: whole lines. `shift`: where it lies in the memory, from where it may begin. */
  check(block: Buffer, shift?: number): Fault;
  /** Empties the buffers, and compares what was in them. */
  finish(): Fault;
}

/**
 * Scans blocks and collects their lines, and compares each verdict, each line's end and each buffer with JSON.parse's.
 * The scanner keeps its table of types from block to block.
 */
export function createScanCheck(
  module: WebAssembly.Module,
  typeKey: readonly string[],
): ScanCheck {
  const scanner = LineScanner.create(module, typeKey, bufferBytes);
  if (scanner === null)
    throw new Error(`${typeKey.join(".")}: longer than the scanner's tables`);
  const keys = typeKey.map(toLatin1);
  const ids = new Map<string, number>();
  const buffered = new Map<number, Buffer[]>();

  const checkVerdict = (line: string, verdict: number): Fault => {
    const expected = expectVerdict(line, keys);
    if (verdict >= verdicts.firstType) {
      const name = scanner.nameOf(verdict);
      if (name !== expected || !isSafeTypeName(name))
        return `expected ${expected}, found the type ${name}`;
      const known = ids.get(name) ?? verdict;
      ids.set(name, verdict);
      if (known !== verdict)
        return `type ${name} has the ids ${known} and ${verdict}`;
      return scanner.typeIdLimit > verdict ? null : `id ${verdict} is no id`;
    }
    if (verdict !== verdicts.slow)
      return verdict === expected
        ? null
        : `expected ${expected}, found verdict ${verdict}`;
    const isFull =
      ids.size === maxTypes &&
      typeof expected === "string" &&
      !ids.has(expected);
    return isFull || mayBeSlow(line, expected, keys)
      ? null
      : `expected ${expected}, found SLOW`;
  };

  /** `block`: the bytes of the scan's lines. */
  const checkScan = (block: Buffer, count: number): Fault => {
    let others = 0;
    for (let index = 0, begin = 0; index < count; index += 1) {
      const end = block.indexOf(lf, begin);
      const line = block.toString("latin1", begin, end);
      const found = scanner.lineEnd(index);
      if (found !== end + 1)
        return describe(line, `ends at ${found}, not ${end + 1}`);
      const verdict = scanner.verdict(index);
      if (verdict < verdicts.firstType) others += 1;
      const fault = checkVerdict(line, verdict);
      if (fault !== null) return describe(line, fault);
      begin = end + 1;
    }
    return others === scanner.otherLines
      ? null
      : `${others} lines have no type, found ${scanner.otherLines}`;
  };

  const checkBuffer = (id: number): Fault => {
    const taken = scanner.takeBuffer(id);
    const pieces = buffered.get(id) ?? [];
    buffered.delete(id);
    if ((taken?.rows ?? 0) !== pieces.length)
      return `the buffer of ${scanner.nameOf(id)} holds ${taken?.rows ?? 0} lines, not ${pieces.length}`;
    return taken === null || taken.bytes.equals(Buffer.concat(pieces))
      ? null
      : `the buffer of ${scanner.nameOf(id)} holds other lines`;
  };

  const checkCollected = (
    block: Buffer,
    from: number,
    count: number,
  ): Fault => {
    let done = 0;
    let refused = -1;
    for (let index = 0, next = 0; index < count; index += 1) {
      const begin = next;
      next = scanner.lineEnd(index);
      const id = scanner.verdict(index);
      if (index >= done) {
        done = scanner.collect(from, count, index);
        if (done < index || done > count) return `collects up to ${done}`;
      }
      if (id < verdicts.firstType) continue;
      const end =
        next - 1 - (block[next - 2] === cr && next - begin > 1 ? 1 : 0);
      const line = Buffer.concat([block.subarray(begin, end), newline]);
      const text = line.toString("latin1");
      if (index !== done) {
        const pieces = buffered.get(id);
        if (pieces === undefined) buffered.set(id, [line]);
        else pieces.push(line);
        continue;
      }
      const bytes = (buffered.get(id) ?? []).reduce(
        (sum, piece) => sum + piece.length,
        line.length,
      );
      if (bytes <= smallBufferBytes)
        return describe(text, `its buffer has room for it`);
      const fault = checkBuffer(id);
      if (fault !== null) return fault;
      if (refused === index || line.length > smallBufferBytes) {
        done = index + 1;
        continue;
      }
      refused = index;
      next = begin;
      index -= 1;
    }
    return null;
  };

  return {
    check(block, shift = 0) {
      const start = scanner.inputStart + shift;
      scanner.reserve(shift + block.length + 1);
      scanner.memory.set(block, start);
      for (let begin = 0; begin < block.length;) {
        const from = start + begin;
        const count = scanner.scan(from, start + block.length);
        if (count === 0) return "no line is scanned";
        const lines = block.subarray(begin);
        const fault =
          checkScan(lines, count) ?? checkCollected(lines, from, count);
        if (fault !== null) return fault;
        begin += scanner.lineEnd(count - 1);
      }
      return null;
    },
    finish() {
      for (let id = verdicts.firstType; id < scanner.typeIdLimit; id += 1) {
        const fault = checkBuffer(id);
        if (fault !== null) return fault;
      }
      return null;
    },
  };
}

function describe(line: string, fault: string): string {
  const shown = line.length > 300 ? `${line.slice(0, 300)}...` : line;
  return `${JSON.stringify(shown)} (${line.length} bytes, as Latin-1): ${fault}`;
}
