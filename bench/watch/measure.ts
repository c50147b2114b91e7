/**
 * The rules of `watch` against a fixed threshold, the same hour of last week ±50 % and three sigma, on made-up histories with injected
 * anomalies. `npx tsx bench/watch/measure.ts [--histories N] [COUNTS.csv]`; a CSV of type,hour,rows gets the same anomalies injected and a
 * table of its own, in the output alone. The rules were tuned on seeds 1 to 60; these are others. Ends with 1 where sluice is not ahead of
 * each on precision and recall both.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { format as formatMarkdown } from "prettier";
import { readCounts } from "../../src/watch/read-counts.js";
import { createDice } from "../classify/corpus/dice.js";
import { describeMachine } from "../machine.js";
import {
  anomalyKinds,
  injectAnomalies,
  makeHistory,
  quietHours,
  type History,
} from "./make-history.js";
import { methods, variants, type Method } from "./methods.js";
import {
  addScore,
  rateHours,
  rateIncidents,
  startScore,
  type Rates,
  type Score,
} from "./score-alerts.js";

const firstSeed = 1001;
const quotable = 100;
const resultsFile = join(import.meta.dirname, "RESULTS.md");
const ours = "sluice watch";

interface Result {
  readonly score: Score;
  /** By kind: windows found, and all. */
  readonly kinds: ReadonlyMap<string, { found: number; all: number }>;
  readonly cpuSeconds: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { histories: { type: "string", default: String(quotable) } },
});
const count = Number(values.histories);
const histories = Array.from({ length: count }, (_, index) =>
  makeHistory(firstSeed + index),
);
const results = measureAll(histories, methods);
const windows = results.get(ours)?.score.windows ?? 0;
const sections = [
  "# `watch` beside simpler rules",
  `Written by \`make bench\` on ${new Date().toISOString().slice(0, 10)}: ${describeMachine()}.`,
  `${count} made-up types of 90 days each (seeds ${firstSeed} to ${firstSeed + count - 1}; the rules were tuned on seeds 1 to 60): 3 to 100,000 rows an hour, with days, weeks, growth, two holidays and noise of several sizes, and ${windows} anomalies from the 15th day on. One that chance could have made is left out.`,
  "An incident is caught by any alert within its hours. Alerts outside, up to 6 hours apart, are one false incident; the hour on either side of an anomaly counts neither way. By hours, each hour of an anomaly counts, also those before there was anything to see.",
  tableOf(results),
  "Incidents caught, by kind:",
  kindsOf(results),
  "What the settings bring and cost:",
  tableOf(measureAll(histories, variants)),
  `Judging ${count} types of 90 days took ${(results.get(ours)?.cpuSeconds ?? NaN).toFixed(1)} CPU-seconds.`,
];
const text = await formatMarkdown(sections.join("\n\n"), {
  parser: "markdown",
});
process.stdout.write(text);
if (count >= quotable) writeFileSync(resultsFile, text);
else process.stderr.write("too few histories to quote: RESULTS.md stays\n");
for (const file of positionals) {
  const real = measureAll(readHistories(file), methods);
  process.stdout.write(
    `\n${basename(file)}\n\n${await formatMarkdown(tableOf(real), { parser: "markdown" })}`,
  );
}
if (isBehind(results)) process.exitCode = 1;

function measureAll(
  series: readonly History[],
  judges: Readonly<Record<string, Method>>,
): Map<string, Result> {
  return new Map(
    Object.entries(judges).map(([name, method]) => [
      name,
      measure(series, method),
    ]),
  );
}

function measure(series: readonly History[], method: Method): Result {
  const score = startScore();
  const kinds = new Map<string, { found: number; all: number }>(
    anomalyKinds.map((kind) => [kind, { found: 0, all: 0 }]),
  );
  let cpuMicros = 0;
  for (const { points, calendar, windows: labelled } of series) {
    const before = process.cpuUsage();
    const alerts = method(points, calendar);
    const { user, system } = process.cpuUsage(before);
    cpuMicros += user + system;
    addScore(score, alerts, labelled, quietHours);
    for (const { kind, from, to } of labelled) {
      const tally = kinds.get(kind);
      if (tally === undefined) continue;
      tally.all += 1;
      if (alerts.slice(from, to + 1).includes(true)) tally.found += 1;
    }
  }
  return { score, kinds, cpuSeconds: cpuMicros / 1e6 };
}

/** Each type of the file, without gaps, with anomalies injected. */
function readHistories(file: string): History[] {
  return [...readCounts(file, readFileSync(file, "utf8"))].map(
    ([name, points], index) => {
      const sorted = [...points].sort((one, other) =>
        one.hour < other.hour ? -1 : 1,
      );
      const rows = sorted.map((point) => point.rows);
      const labelled = injectAnomalies(
        createDice(firstSeed + index),
        rows,
        rows.map((each) => each ?? 0),
      );
      return {
        name,
        points: sorted.map(({ hour }, at) => ({
          hour,
          rows: rows[at] ?? null,
        })),
        windows: labelled,
        calendar: new Set<string>(),
      };
    },
  );
}

function tableOf(all: ReadonlyMap<string, Result>): string {
  return table(
    [
      "",
      "incidents: precision",
      "recall",
      "F1",
      "hours: precision",
      "recall",
      "F1",
      "false incidents",
    ],
    [...all].map(([name, { score }]) => [
      name,
      ...spell(rateIncidents(score)),
      ...spell(rateHours(score)),
      String(score.falseIncidents),
    ]),
  );
}

function kindsOf(all: ReadonlyMap<string, Result>): string {
  return table(
    ["", ...anomalyKinds],
    [...all].map(([name, { kinds }]) => [
      name,
      ...[...kinds.values()].map(
        ({ found, all: every }) => `${found} of ${every}`,
      ),
    ]),
  );
}

function isBehind(all: ReadonlyMap<string, Result>): boolean {
  const own = all.get(ours);
  if (own === undefined) return true;
  const rates = rateIncidents(own.score);
  return [...all].some(([name, { score }]) => {
    if (name.startsWith(ours)) return false;
    const theirs = rateIncidents(score);
    return theirs.precision >= rates.precision || theirs.recall >= rates.recall;
  });
}

function spell({ precision, recall, f1 }: Rates): string[] {
  return [precision, recall, f1].map((each) => each.toFixed(3));
}

function table(head: readonly string[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join(
    "\n",
  );
}
