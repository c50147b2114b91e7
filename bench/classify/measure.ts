/**
 * The classifier against what a user would take instead, in one interleaved run: `npx tsx bench/classify/measure.ts --help`.
 * Ends with 1 where two exact ways do not agree about every line.
 */
import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format as formatMarkdown } from "prettier";
import { corpusKinds, type CorpusKind } from "./corpus.js";
import { findFaults } from "./find-faults.js";
import { describeMachine } from "../machine.js";
import { measureCorpus, type Format } from "./measure-corpus.js";
import { prepareHour } from "./prepare-hour.js";
import { quotableMb, readOptions } from "./read-options.js";
import {
  formatResults,
  type CorpusResult,
  type LargeObjectResult,
  type WorkersResult,
} from "./results-page.js";
import {
  baselineNames,
  createOurs,
  createTwoWorkers,
  gunzip,
  installBaselines,
} from "./ways.js";
import { stopChild } from "../run-child.js";
import { makeWorkFolder } from "./work-folder.js";

const largeBytes = 2e9;
const resultsFile = join(import.meta.dirname, "RESULTS.md");

const options = await readOptions(process.argv.slice(2));
const { kinds } = options;
if (!existsSync(options.program))
  throw new Error(`${options.program}: there is no such file; npm run build`);
const baselines = installBaselines(options.ways);
const ours = createOurs(options.program);
const twoWorkers = createTwoWorkers(options.program);

// A corpus plain and as gzip, what sluice spools of it, and what it stages.
const mostBytes = Math.max(options.mb * 1e6, options.large ? largeBytes : 0);
const work = makeWorkFolder(mostBytes * 3.5);
tell(`corpora and outputs are in ${work}`);
const removeWork = () => {
  if (!options.keep) rmSync(work, { recursive: true, force: true });
};
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    stopChild();
    removeWork();
    process.exit(1);
  });

try {
  const corpora: CorpusResult[] = [];
  for (const kind of kinds) corpora.push(await measureKind(kind));
  const large = options.large ? await measureLargeObjects() : [];
  const workers = options.large ? [await measureWorkers()] : [];
  const page = formatResults({
    date: new Date(),
    machine: describeMachine(),
    rounds: options.rounds,
    corpora,
    large,
    workers,
  });
  const text = await formatMarkdown(page, { parser: "markdown" });
  process.stdout.write(text);
  const faults = [
    ...corpora.flatMap(({ kind, measurements }) =>
      findFaults(kind, measurements),
    ),
    ...findFaults(
      "one object of 2 GB",
      large.map(({ measurement }) => measurement),
    ),
    ...workers.flatMap(({ measurements }) =>
      findFaults("workers", measurements),
    ),
  ];
  for (const fault of faults) tell(fault);
  if (faults.length > 0) process.exitCode = 1;
  else writeResults(text);
} finally {
  removeWork();
}

async function measureKind(kind: CorpusKind): Promise<CorpusResult> {
  const corpusOptions = {
    kind,
    sizeBytes: options.mb * 1e6,
    objects: options.objects,
    spoiledShare: options.spoiled,
    ...(options.key === undefined ? {} : { typeKey: options.key }),
  };
  const plain = await prepareHour(join(work, `${kind}-plain`), corpusOptions);
  const gzip = await prepareHour(join(work, `${kind}-gzip`), {
    ...corpusOptions,
    gzip: options.gzipLevel,
  });
  const hours = new Map<Format, typeof plain>([
    ["plain", plain],
    ["gzip", gzip],
  ]);
  const measurements = await measureCorpus(
    hours,
    (format) => [
      ours,
      ...baselines,
      ...(format === "gzip" ? [gunzip] : []),
      ...(format === "plain" && kind === kinds[0] ? [twoWorkers] : []),
    ],
    options.rounds,
    (progress) => {
      tell(`${kind}: ${progress}`);
    },
  );
  const gzipBytes = gzip.corpus.files.reduce(
    (sum, file) => sum + statSync(file).size,
    0,
  );
  if (!options.keep)
    for (const { workDir } of hours.values())
      rmSync(workDir, { recursive: true });
  return { kind, corpus: plain.corpus, gzipBytes, measurements };
}

async function measureLargeObjects(): Promise<LargeObjectResult[]> {
  const results: LargeObjectResult[] = [];
  for (const format of ["plain", "gzip"] as const) {
    const hour = await prepareHour(join(work, `large-${format}`), {
      kind: "app",
      sizeBytes: largeBytes,
      ...(format === "gzip" ? { gzip: 1 } : {}),
    });
    const measurements = await measureCorpus(
      new Map([[format, hour]]),
      () => [ours],
      1,
      (progress) => {
        tell(`one object of 2 GB: ${progress}`);
      },
    );
    for (const measurement of measurements)
      results.push({ bytes: hour.corpus.bytes, measurement });
    if (!options.keep) rmSync(hour.workDir, { recursive: true });
  }
  return results;
}

async function measureWorkers(): Promise<WorkersResult> {
  const hour = await prepareHour(join(work, "workers"), {
    kind: "app",
    sizeBytes: largeBytes,
    objects: options.objects,
  });
  const measurements = await measureCorpus(
    new Map([["plain", hour]]),
    () => [ours, twoWorkers],
    options.rounds,
    (progress) => {
      tell(`workers: ${progress}`);
    },
  );
  if (!options.keep) rmSync(hour.workDir, { recursive: true });
  const { bytes, files } = hour.corpus;
  return { bytes, objects: files.length, measurements };
}

function writeResults(text: string): void {
  const isWhole =
    kinds.length === corpusKinds.length &&
    baselines.length === baselineNames.length &&
    options.key === undefined &&
    options.mb >= quotableMb;
  const file = options.results ?? (isWhole ? resultsFile : undefined);
  if (file === undefined) {
    tell("too small a run to quote: RESULTS.md stays as it is");
    return;
  }
  writeFileSync(file, text);
  tell(`written to ${file}`);
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
