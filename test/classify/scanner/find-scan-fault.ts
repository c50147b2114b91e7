import { createScanCheck, maxTypes, type Fault } from "./check-scan.js";
import { byteLines, tokenLines } from "./exhaustive-lines.js";
import { createFuzz, createRandom, longestFuzzLine } from "./fuzz-lines.js";
import { hardLines, pathLines } from "./hard-lines.js";
import { packLines } from "./pack-lines.js";

export const typeKeys: readonly (readonly string[])[] = [
  ["log_type"],
  ["event", "dataset"],
  ["t"],
  ["a", "a", "a"],
  ["한글"],
  ["__proto__"],
  ["event.dataset"],
  ["kind_of_log"],
  ["a_key_of_twenty_byte"],
];

/** What the scanner gets wrong of the fixed lines, the tables' limits and a short fuzz; null: nothing. Takes seconds. */
export function findScanFault(module: WebAssembly.Module, seed: number): Fault {
  for (const typeKey of typeKeys) {
    const fault = checkLines(module, typeKey, pathLines(typeKey));
    if (fault !== null) return fault;
  }
  return (
    checkLines(module, ["t"], hardLines(["t"])) ??
    checkLines(module, ["log_type"], tokenLines(["log_type"], 3)) ??
    findLimitFault(module) ??
    checkFuzz(module, ["log_type"], seed, 20_000) ??
    checkFuzz(module, ["event", "dataset"], seed, 20_000)
  );
}

/** The exhaustive modes; with 6 tokens and 3 places of bytes, more than a million lines. */
export function findExhaustiveFault(
  module: WebAssembly.Module,
  tokens: number,
  bytePlaces: 1 | 3,
): Fault {
  return (
    checkLines(module, ["log_type"], tokenLines(["log_type"], tokens)) ??
    checkLines(module, ["t"], byteLines(["t"], bytePlaces))
  );
}

function checkLines(
  module: WebAssembly.Module,
  typeKey: readonly string[],
  lines: Iterable<Uint8Array>,
): Fault {
  const scan = createScanCheck(module, typeKey);
  let turn = 0;
  for (const block of packLines(lines)) {
    const fault = scan.check(block, turn % 64);
    if (fault !== null) return fault;
    turn += 1;
  }
  return scan.finish();
}

function checkFuzz(
  module: WebAssembly.Module,
  typeKey: readonly string[],
  seed: number,
  lines: number,
): Fault {
  const scan = createScanCheck(module, typeKey);
  for (const block of fuzzBlocks(typeKey, seed, lines)) {
    const fault = scan.check(block, block.length % 64);
    if (fault !== null) return fault;
  }
  return scan.finish();
}

/** The block is overwritten by the next. */
export function* fuzzBlocks(
  typeKey: readonly string[],
  seed: number,
  lines: number,
): Generator<Buffer> {
  const random = createRandom(seed);
  const writeLine = createFuzz(typeKey, random);
  const block = Buffer.alloc(256 * 1024 + longestFuzzLine);
  const sizes = [1, 3, 17, 200, 1000];
  for (let done = 0; done < lines;) {
    const count = Math.min(sizes[random(sizes.length)]!, lines - done);
    let bytes = 0;
    let written = 0;
    for (; written < count && bytes < 256 * 1024; written += 1) {
      bytes = writeLine(block, bytes);
      block[bytes] = 0x0a;
      bytes += 1;
    }
    done += written;
    yield block.subarray(0, bytes);
  }
}

/** Of the tables and buffers. */
function findLimitFault(module: WebAssembly.Module): Fault {
  const blocks = [
    "1\n\n\r\n".repeat(23_000) + typed("a") + "{}\n".repeat(9),
    typed("a", "\r\n") + "\r\n" + typed("a", " \r\r\n"),
    typed("a").repeat(40_000),
    `${typedOf("a", 600_000)}${typed("a")}${typedOf("a", 600_000)}`,
    ...[4097, 4096, 4095, 4094].flatMap((bytes) =>
      ["c", "d", "e", "f"].map((type) => fillBuffers(type, bytes)),
    ),
    // No large buffer is left.
    typedOf("j", 4096) + typedOf("k", 4097),
  ];
  const fault =
    checkBlocks(module, blocks) ??
    checkBlocks(module, [
      typedOf("f", 4096) + typedOf("g", 4095),
      typed("h") + typedOf("h", 300_000) + typedOf("i", 3_000).repeat(2),
    ]);
  if (fault !== null) return fault;
  for (const names of nameSets()) {
    const lines = names.map((name) => typed(name));
    const tableFault = checkBlocks(module, [
      lines.join(""),
      lines.reverse().join(""),
    ]);
    if (tableFault !== null) return tableFault;
  }
  return null;
}

function checkBlocks(
  module: WebAssembly.Module,
  blocks: readonly string[],
): Fault {
  const scan = createScanCheck(module, ["t"]);
  for (const block of blocks) {
    const fault = scan.check(Buffer.from(block));
    if (fault !== null) return fault;
  }
  return scan.finish();
}

function typed(type: string, newline = "\n"): string {
  return `{"t":"${type}"}${newline}`;
}

/** A line of so many bytes, its LF included. */
function typedOf(type: string, bytes: number): string {
  const short = `{"t":"${type}","s":""}\n`;
  return short.replace('""', `"${"x".repeat(bytes - short.length)}"`);
}

/** Lines of three neighbouring types, of which the middle one's come to so many bytes. */
function fillBuffers(type: string, bytes: number): string {
  const around = typed(`${type}1${bytes}`) + typed(`${type}2${bytes}`);
  return (
    around +
    typedOf(`${type}1${bytes}`, bytes - typed(`${type}1${bytes}`).length) +
    around
  );
}

/** Each fills the table; many of their names share a slot, and begin or end alike. */
function nameSets(): string[][] {
  const count = maxTypes + 50;
  const numbers = Array.from({ length: count }, (_, index) => index);
  return [
    numbers.map((number) => `${"n".repeat(number % 20)}${number}`),
    numbers.map((number) => `same_head_${number + 10_000}`),
    numbers.map((number) => `${number + 10_000}_and_the_same_tail`),
    ...Array.from({ length: 10 }, (_, set) =>
      numbers.map((number) => `p${set}${count - number}`),
    ),
  ];
}
