import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { PreparedHour } from "./prepare-hour.js";
import { runChild, type ChildRun } from "../run-child.js";
import {
  compareCounts,
  compareSums,
  sumLines,
  type Disagreement,
  type LineSum,
} from "./sum-lines.js";
import { gunzip, oursName, type Way } from "./ways.js";

export type Format = "plain" | "gzip";

/** One way over one format of a corpus: the cheapest of its rounds, the highest peak. */
export interface Measurement {
  readonly way: Way;
  readonly format: Format;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly peakRssBytes: number;
  /** Against sluice's output; sluice's own against what the corpus' maker counted. */
  readonly disagreements: readonly Disagreement[];
}

interface Entrant {
  readonly way: Way;
  readonly format: Format;
  readonly hour: PreparedHour;
  readonly runs: ChildRun[];
  sums?: ReadonlyMap<string, LineSum>;
}

/**
 * Runs every way over both formats, round after round, each round from another one on, so that no way always has the same
 * neighbours. The first round's output is kept as sums, and compared.
 */
export async function measureCorpus(
  hours: ReadonlyMap<Format, PreparedHour>,
  waysOf: (format: Format) => readonly Way[],
  rounds: number,
  tell: (progress: string) => void,
): Promise<Measurement[]> {
  const entrants = [...hours].flatMap(([format, hour]) =>
    waysOf(format).map((way): Entrant => ({ way, format, hour, runs: [] })),
  );
  for (let round = 0; round < rounds; round += 1) {
    const turn = Math.floor((round * entrants.length) / rounds);
    const order = [...entrants.slice(turn), ...entrants.slice(0, turn)];
    for (const entrant of order) {
      if (round > 0 && entrant.way.once === true) continue;
      const run = await runEntrant(entrant, round === 0);
      tell(
        `round ${round + 1}, ${entrant.format}, ${entrant.way.name}: ${run.cpuSeconds.toFixed(2)} s CPU, ${run.wallSeconds.toFixed(2)} s`,
      );
    }
  }
  return entrants.map((entrant) => ({
    way: entrant.way,
    format: entrant.format,
    cpuSeconds: Math.min(...entrant.runs.map((run) => run.cpuSeconds)),
    wallSeconds: Math.min(...entrant.runs.map((run) => run.wallSeconds)),
    peakRssBytes: Math.max(...entrant.runs.map((run) => run.peakRssBytes)),
    disagreements: compareEntrant(entrant, entrants),
  }));
}

async function runEntrant(
  entrant: Entrant,
  keepSums: boolean,
): Promise<ChildRun> {
  const { way, hour } = entrant;
  const { workDir, corpus } = hour;
  const outDir = join(workDir, "out");
  mkdirSync(outDir);
  const task = {
    inputs: corpus.files,
    typeKey: corpus.typeKey,
    outDir,
    workDir,
  };
  const run = await runChild(way.command(task), workDir, way.variables?.(task));
  entrant.runs.push(run);
  if (keepSums && way.name !== gunzip.name) entrant.sums = sumLines(outDir);
  rmSync(outDir, { recursive: true });
  if (isOurs(way)) checkReport(run, hour);
  return run;
}

/** What it says it read must be what was written. */
function checkReport(run: ChildRun, { corpus }: PreparedHour): void {
  const { lines, blank } = JSON.parse(run.stdout) as {
    lines: number;
    blank: number;
  };
  if (lines !== corpus.lines || blank !== corpus.blank)
    throw new Error(
      `sluice classify counted ${lines} lines, ${blank} of them blank; ${corpus.lines} were written, ${corpus.blank} of them blank`,
    );
}

function compareEntrant(
  { way, hour, sums }: Entrant,
  entrants: readonly Entrant[],
): readonly Disagreement[] {
  if (sums === undefined) return [];
  if (way.name === oursName)
    return compareCounts(sums, hour.corpus.counts, hour.corpus.spoiled);
  const reference = entrants.find(
    (entrant) => entrant.way.name === oursName && entrant.hour === hour,
  );
  return compareSums(reference?.sums ?? new Map<string, LineSum>(), sums);
}

function isOurs(way: Way): boolean {
  return way.name.startsWith(oursName);
}
