import { parseArgs } from "node:util";
import { createScanSplitter } from "../../../src/classify/scan-splitter.js";
import { LineScanner } from "../../../src/classify/scanner/line-scanner.js";
import { compileScanner } from "../../../scripts/compile-scanner.js";
import { expectedSplit, findDifference, recordSplit } from "../record-split.js";
import { createScanCheck, type Fault } from "./check-scan.js";
import {
  findExhaustiveFault,
  fuzzBlocks,
  typeKeys,
} from "./find-scan-fault.js";

const { values } = parseArgs({
  options: {
    lines: { type: "string", default: "1000000" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
  },
});
const lines = Number(values.lines);
const seed = Number(values.seed);
if (!Number.isSafeInteger(lines) || lines < 0 || !Number.isSafeInteger(seed))
  throw new Error(
    `--lines ${values.lines} --seed ${values.seed}: expected whole numbers`,
  );

/** With one scanner, one splitter and one seed. */
const chunkLines = 50_000;
const shownFaults = 5;

// An error of JSON.parse is no news here, and its stack takes most of the time.
Error.stackTraceLimit = 0;
const built = await compileScanner();
const scanner = new WebAssembly.Module(Uint8Array.from(built.contents));
const started = performance.now();
console.log(`fuzz: ${lines} lines, seed ${seed}`);
const faults: string[] = [];
const exhaustive = findExhaustiveFault(scanner, 6, 3);
if (exhaustive !== null) faults.push(`exhaustive: ${exhaustive}`);
console.log(`exhaustive modes ${exhaustive === null ? "agree" : "differ"}`);
for (let chunk = 0; chunk * chunkLines < lines; chunk += 1) {
  if (faults.length >= shownFaults) break;
  const typeKey = typeKeys[chunk % typeKeys.length]!;
  const count = Math.min(chunkLines, lines - chunk * chunkLines);
  const blocks = Array.from(fuzzBlocks(typeKey, seed + chunk, count), (block) =>
    Buffer.from(block),
  );
  const fault =
    findScannerFault(typeKey, blocks) ?? findSplitFault(typeKey, blocks);
  if (fault !== null) faults.push(`${JSON.stringify(typeKey)}: ${fault}`);
}
const seconds = ((performance.now() - started) / 1000).toFixed(1);
const { user, system } = process.cpuUsage();
const cpuSeconds = ((user + system) / 1e6).toFixed(1);
for (const fault of faults) console.log(fault);
console.log(
  faults.length === 0
    ? `no difference from JSON.parse; ${seconds} s, ${cpuSeconds} s of CPU`
    : `differs from JSON.parse; seed ${seed}`,
);
process.exitCode = faults.length === 0 ? 0 : 1;

function findScannerFault(
  typeKey: readonly string[],
  blocks: readonly Buffer[],
): Fault {
  const scan = createScanCheck(scanner, typeKey);
  for (const block of blocks) {
    const fault = scan.check(block, block.length % 64);
    if (fault !== null) return fault;
  }
  return scan.finish();
}

function findSplitFault(
  typeKey: readonly string[],
  blocks: readonly Buffer[],
): Fault {
  const options = { typeKey, maxLineBytes: 5_000, bufferBytes: 600_000 };
  const found = recordSplit(
    (sink, { bufferBytes }) =>
      createScanSplitter(
        LineScanner.create(scanner, typeKey, bufferBytes)!,
        sink,
        options,
      ),
    options,
    blocks.map((block) => [
      block.subarray(0, block.length / 3),
      block.subarray(block.length / 3),
    ]),
  );
  return findDifference(expectedSplit(options, blocks), found);
}
