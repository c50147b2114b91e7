/**
 * `schema infer` against bigquery-schema-generator: CPU and memory on a file of made-up purchases and one of GitHub's webhook payloads, and
 * on these payloads by kind and on odd cases, how many rows would load with each one's schema, by the load's own judge. `npx tsx bench/schema/measure.ts [MB] [ROUNDS]`; the other is installed into the
 * cache folder. Ends with 1 where sluice is slower, or a row would not load with its own schema.
 */
import { execFileSync } from "node:child_process";
import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { format as formatMarkdown } from "prettier";
import { schemaInfer } from "../../jobs/schema-infer.js";
import { findPackageRoot } from "../../src/package-root.js";
import { makeWorkFolder } from "../classify/work-folder.js";
import { describeMachine } from "../machine.js";
import { runChild, type ChildRun } from "../run-child.js";
import { judgeCases, type CasesVerdict } from "./judge-cases.js";
import { oddCases, type OddCase } from "./odd-cases.js";
import { repeatWebhooks, webhookCases } from "./webhook-cases.js";
import { writeRows } from "./write-rows.js";

const megabytes = Number(process.argv[2] ?? 100);
const rounds = Number(process.argv[3] ?? 3);
const quotableMb = 100;
const baselines = join(import.meta.dirname, "baselines");
const resultsFile = join(import.meta.dirname, "RESULTS.md");
const cache = join(
  process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
  "sluice/bench-schema",
);
const program = join(findPackageRoot(), "dist/src/main.js");
if (!existsSync(program))
  throw new Error(`${program}: there is no such file; npm run build`);
execFileSync(join(baselines, "install"), { stdio: "inherit" });
const python = join(cache, "venv/bin/python");

const work = makeWorkFolder(megabytes * 1e6 * 1.5);
const file = join(work, "purchase.ndjson");
const webhookFile = join(work, "webhooks.ndjson");
const ours = "sluice schema infer";
const theirs = "bigquery-schema-generator";
const generator = "-m bigquery_schema_generator.generate_schema";
const quiet = "--debugging_interval 1000000000";
const others = {
  [theirs]: {},
  "the same, --keep_nulls --quoted_values_are_strings": {
    keep_nulls: true,
    quoted_values_are_strings: true,
  },
} as const;

interface Figures {
  cpuSeconds: number;
  wallSeconds: number;
  peakRssBytes: number;
}

try {
  const rows = await writeRows(file, "purchase", {
    sizeBytes: megabytes * 1e6,
  });
  const purchases = await measureInfer(file);
  const webhooks = repeatWebhooks((megabytes / 4) * 1e6);
  writeFileSync(webhookFile, webhooks.text);
  const payloads = await measureInfer(webhookFile);
  const oddVerdicts = await judgeAll(oddCases);
  const webhookVerdicts = await judgeAll(webhookCases);
  const page = [
    "# `schema infer` beside bigquery-schema-generator",
    `Written by \`make bench\` on ${new Date().toISOString().slice(0, 10)}: ${describeMachine()}.`,
    `## ${Math.round(statSync(file).size / 1e6)} MB of made-up purchases, ${rows} rows`,
    `Whole programs, start-up included: the least CPU (user and system) and the least time of ${rounds} interleaved rounds, and the highest peak of memory. Sluice's figures include its report of every column.`,
    ...describeFigures(purchases),
    `## GitHub's webhook payloads, as its documentation has them`,
    `${Math.round(statSync(webhookFile).size / 1e6)} MB of the kind \`${webhooks.kind}\`, in the same way:`,
    ...describeFigures(payloads),
    "All kinds, each with a schema of its own, judged as below:",
    ...describeVerdicts(webhookCases, webhookVerdicts),
    `## ${oddCases.length} odd cases, ${countRows(oddCases)} rows`,
    "Each tool makes a schema of each case's rows. Then the rows are judged by it as sluice's load does, by [the rules of BigQuery's load](../../docs/schema-rules.md). The cases are in `odd-cases.ts`.",
    ...describeVerdicts(oddCases, oddVerdicts),
  ].join("\n\n");
  const text = await formatMarkdown(page, { parser: "markdown" });
  process.stdout.write(text);
  if (megabytes >= quotableMb) writeFileSync(resultsFile, text);
  else process.stderr.write("too small a run to quote: RESULTS.md stays\n");
  const isBehind =
    [purchases, payloads].some((figures) => !(ratioOf(figures) > 1)) ||
    [oddVerdicts, webhookVerdicts].some(
      (verdicts) => verdicts.get(ours)?.refused.length !== 0,
    );
  if (isBehind) process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

function keepBest(before: Figures | undefined, run: ChildRun): Figures {
  if (before === undefined) return run;
  return {
    cpuSeconds: Math.min(before.cpuSeconds, run.cpuSeconds),
    wallSeconds: Math.min(before.wallSeconds, run.wallSeconds),
    peakRssBytes: Math.max(before.peakRssBytes, run.peakRssBytes),
  };
}

/** Of each program, by its name. */
async function measureInfer(
  input: string,
): Promise<ReadonlyMap<string, Figures & { readonly sizeMb: number }>> {
  const commands = {
    [ours]: [process.execPath, program, "schema", "infer", input],
    [theirs]: [
      "sh",
      "-c",
      `exec "$0" ${generator} ${quiet} < "$1"`,
      python,
      input,
    ],
  };
  const sizeMb = statSync(input).size / 1e6;
  const figures = new Map<string, Figures & { readonly sizeMb: number }>();
  for (let round = 1; round <= rounds; round += 1) {
    for (const [name, command] of Object.entries(commands)) {
      const run = await runChild(command, work);
      figures.set(name, { ...keepBest(figures.get(name), run), sizeMb });
      process.stderr.write(
        `round ${round}: ${name} ${run.cpuSeconds.toFixed(2)} CPU-s\n`,
      );
    }
  }
  return figures;
}

function ratioOf(
  figures: ReadonlyMap<string, Pick<Figures, "cpuSeconds">>,
): number {
  const cpuOf = (name: string) => figures.get(name)?.cpuSeconds ?? NaN;
  return cpuOf(theirs) / cpuOf(ours);
}

function describeFigures(
  figures: ReadonlyMap<string, Figures & { readonly sizeMb: number }>,
): string[] {
  return [
    table(
      ["", "CPU s", "wall s", "MB per CPU-s", "peak RSS MiB"],
      [...figures].map(([name, each]) => [
        name,
        each.cpuSeconds.toFixed(2),
        each.wallSeconds.toFixed(2),
        (each.sizeMb / each.cpuSeconds).toFixed(1),
        (each.peakRssBytes / 2 ** 20).toFixed(0),
      ]),
    ),
    `bigquery-schema-generator takes ${ratioOf(figures).toFixed(1)} times the CPU.`,
  ];
}

type Verdicts = ReadonlyMap<string, CasesVerdict>;

function describeVerdicts(
  cases: readonly OddCase[],
  verdicts: Verdicts,
): string[] {
  return [
    table(
      ["", "cases whose every row loads", "rows that load"],
      [...verdicts].map(([name, verdict]) => [
        name,
        `${verdict.cases} of ${cases.length}`,
        `${verdict.rows} of ${countRows(cases)}`,
      ]),
    ),
    ...[...verdicts]
      .filter(([, { refused }]) => refused.length > 0)
      .map(
        ([name, { refused }]) => `Refused with ${name}: ${refused.join("; ")}.`,
      ),
  ];
}

function countRows(cases: readonly OddCase[]): number {
  return cases.reduce((sum, each) => sum + each.rows.length, 0);
}

async function judgeAll(cases: readonly OddCase[]): Promise<Verdicts> {
  const verdicts = new Map([[ours, await judgeOurs(cases)]]);
  for (const [name, options] of Object.entries(others))
    verdicts.set(name, await judgeOther(cases, options));
  return verdicts;
}

async function judgeOurs(cases: readonly OddCase[]): Promise<CasesVerdict> {
  const schemas: string[] = [];
  for (const { title, rows } of cases) {
    const open = () => Promise.resolve(toBody(rows.join("\n")));
    const samples = [{ name: title, open }];
    schemas.push((await schemaInfer({ quoted: "string" }, { samples })).schema);
  }
  return judgeCases(cases, schemas);
}

async function* toBody(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

async function judgeOther(
  cases: readonly OddCase[],
  options: object,
): Promise<CasesVerdict> {
  const input = join(work, "cases.json");
  writeFileSync(
    input,
    JSON.stringify({ cases: cases.map(({ rows }) => rows), options }),
  );
  const { stdout } = await runChild(
    [python, join(baselines, "infer_cases.py"), input],
    work,
  );
  const schemas = JSON.parse(stdout) as (object | null)[];
  return judgeCases(
    cases,
    schemas.map((schema) => (schema === null ? null : JSON.stringify(schema))),
  );
}

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [head, head.map((_, index) => (index === 0 ? "---" : "---:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}
