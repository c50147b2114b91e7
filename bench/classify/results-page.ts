import type { Corpus, CorpusKind } from "./corpus.js";
import type { Format, Measurement } from "./measure-corpus.js";
import type { Disagreement } from "./sum-lines.js";
import { gunzip, oursName, twoWorkersName } from "./ways.js";

export interface CorpusResult {
  readonly kind: CorpusKind;
  readonly corpus: Corpus;
  readonly gzipBytes: number;
  readonly measurements: readonly Measurement[];
}

export interface LargeObjectResult {
  readonly bytes: number;
  readonly measurement: Measurement;
}

/** One worker and two, on an hour of large objects. */
export interface WorkersResult {
  readonly bytes: number;
  readonly objects: number;
  readonly measurements: readonly Measurement[];
}

export interface ResultsPage {
  readonly date: Date;
  readonly machine: string;
  readonly rounds: number;
  readonly corpora: readonly CorpusResult[];
  readonly large: readonly LargeObjectResult[];
  readonly workers: readonly WorkersResult[];
}

/** Of `gzip -dc` alone and sluice on plain input together. */
const gzipLimit = 1.25;
const workerGain = 1.5;
const largeLimitMib = 160;
const kindTitles: Readonly<Record<CorpusKind, string>> = {
  app: "Application logs",
  gha: "GH Archive's shape",
  webhooks: "GitHub's webhook payloads",
};

export function formatResults(page: ResultsPage): string {
  const parts = [
    "# The classifier beside what else would do it",
    `Written by \`make bench\` on ${page.date.toISOString().slice(0, 10)}: ${page.machine}.`,
    `Each figure is a whole program's, start-up included: the least CPU (user and system, children too) and the least time of ${page.rounds} interleaved rounds, ` +
      "and the highest peak of memory. A GB is 10^9 bytes of plain input, also where the input is gzip. " +
      "orjson, Node, Go and Rust split in one thread; compare CPU, not time. " +
      "The exact ones give the same lines for each type, byte for byte, checked in this run; DuckDB drops broken lines, and jq repairs some.",
    ...page.corpora.flatMap(formatCorpus),
    ...formatCases(page),
  ];
  return `${parts.join("\n\n")}\n`;
}

function formatCorpus(result: CorpusResult): string[] {
  const { kind, corpus, gzipBytes, measurements } = result;
  const mb = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  const intro =
    `${mb(corpus.bytes)} in ${corpus.files.length} objects, ${mb(gzipBytes)} as gzip; ${corpus.lines} lines of ${corpus.counts.size} types, ` +
    `${corpus.spoiled} of them broken and ${corpus.blank} blank.`;
  return [
    `## ${kindTitles[kind]} (\`${kind}\`)`,
    intro,
    ...(["plain", "gzip"] as const).map((format) =>
      formatFormat(
        format,
        measurements.filter((measured) => measured.format === format),
        corpus,
      ),
    ),
  ];
}

function formatFormat(
  format: Format,
  measurements: readonly Measurement[],
  corpus: Corpus,
): string {
  const sluice = measurements.find(({ way }) => way.name === oursName);
  const rows = measurements.map((measured) => [
    measured.way.title,
    (measured.cpuSeconds / (corpus.bytes / 1e9)).toFixed(2),
    measured.wallSeconds.toFixed(2),
    formatMib(measured.peakRssBytes),
    ((sluice?.cpuSeconds ?? NaN) / measured.cpuSeconds).toFixed(2),
    formatAgreement(measured),
  ]);
  return formatTable(
    [
      format,
      "CPU-s/GB",
      "wall s",
      "peak RSS MiB",
      "sluice's CPU to its",
      "lines",
    ],
    rows,
  );
}

function formatAgreement({ way, disagreements }: Measurement): string {
  if (way.name === gunzip.name) return "none";
  if (disagreements.length === 0) return "the same";
  const missing = sumOf(disagreements, (one) => one.lines - one.otherLines);
  const extra = sumOf(disagreements, (one) => one.otherLines - one.lines);
  const lines = Math.max(missing, extra);
  return lines === 0
    ? `other bytes in ${disagreements.length} types`
    : `${lines} lost or elsewhere`;
}

function sumOf(
  disagreements: readonly Disagreement[],
  difference: (one: Disagreement) => number,
): number {
  return disagreements.reduce(
    (sum, one) => sum + Math.max(0, difference(one)),
    0,
  );
}

function formatCases({ corpora, large, workers }: ResultsPage): string[] {
  const rows = [
    ...corpora.flatMap(({ kind, measurements }) => {
      const cpu = (wayName: string, format: Format) =>
        measurements.find(
          ({ way, format: measured }) =>
            way.name === wayName && measured === format,
        )?.cpuSeconds ?? NaN;
      const apart = cpu(gunzip.name, "gzip") + cpu(oursName, "plain");
      const ratio = cpu(oursName, "gzip") / apart;
      return [
        [
          `\`${kind}\`: CPU on gzip, to \`gzip -dc\` alone and plain input together`,
          ratio.toFixed(2),
          `at most ${gzipLimit}`,
        ],
      ];
    }),
    ...[
      ...corpora.map(({ corpus, measurements }) => ({
        bytes: corpus.bytes,
        objects: corpus.files.length,
        measurements,
      })),
      ...workers,
    ].flatMap(({ bytes, objects, measurements }) => {
      const [one, two] = [oursName, twoWorkersName].map((name) =>
        measurements.find(({ way }) => way.name === name),
      );
      if (one === undefined || two === undefined) return [];
      return [
        [
          `${objects} objects of equal size, ${(bytes / 1e9).toFixed(1)} GB: time with 1 worker, to that with 2`,
          (one.wallSeconds / two.wallSeconds).toFixed(2),
          `at least ${workerGain}`,
        ],
      ];
    }),
    ...large.map(({ bytes, measurement }) => [
      `one object of ${(bytes / 1e9).toFixed(1)} GB, ${measurement.format}: peak RSS, MiB`,
      formatMib(measurement.peakRssBytes),
      `under ${largeLimitMib}`,
    ]),
  ];
  return ["## Cases", formatTable(["sluice", "measured", "wanted"], rows)];
}

function formatMib(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(0);
}

function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, index) => (index === 0 ? "---" : "---:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}
