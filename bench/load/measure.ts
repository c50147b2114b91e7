/**
 * One whole `sluice load` against the stand-in servers, beside the same with Google's Python clients, in one interleaved
 * run: `npx tsx bench/load/measure.ts [ROUNDS]`. Writes its part of RESULTS.md. Needs `make servers`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { startBigQueryServer } from "../../test/servers/bigquery-server.js";
import { startGcsServer } from "../../test/servers/gcs-server.js";
import { findPackageRoot } from "../../src/package-root.js";
import { describeMachine } from "../machine.js";
import { python, runChild, type ChildRun } from "../run-child.js";
import { makeIn } from "./make-in.js";
import { writeSection } from "./results-file.js";

const rounds = Number(process.argv[2] ?? 5);
const hour = "2026-11-20T03";
const type = "purchase";
const bucket = "bench-stage";
const dataset = "bench";
const limits = { peakRssMib: 90, cpuSeconds: 0.3 };

const root = findPackageRoot();
const program = join(root, "dist", "src", "main.js");
const baselines = join(import.meta.dirname, "baselines");
const work = mkdtempSync(join(tmpdir(), "sluice-bench-load-"));
const gcs = await startGcsServer();
const bigQuery = await startBigQueryServer({ gcsDirectory: gcs.directory });
try {
  const variables = {
    SLUICE_GCS_ENDPOINT: gcs.endpoint,
    SLUICE_BIGQUERY_ENDPOINT: bigQuery.endpoint,
    SLUICE_SOURCE: `file:${join(work, "source")}`,
    SLUICE_STAGE: `gs://${bucket}/stage`,
    SLUICE_WAREHOUSE: `bigquery://${bigQuery.project}/${dataset}`,
    SLUICE_SPOOL: join(work, "spool"),
    SLUICE_LOG_LEVEL: "error",
  };
  await makeIn(gcs, bigQuery, bucket, dataset);
  const sluice = (...words: readonly string[]) =>
    runChild(
      [
        process.execPath,
        program,
        ...words,
        "--catalog",
        join(root, "catalog.yaml"),
      ],
      work,
      variables,
    );
  await sluice("sample", "--from", hour, "--rows", "20000");
  await sluice("classify", "--hour", hour);
  const ways = new Map<string, () => Promise<ChildRun>>([
    ["`sluice load`", () => sluice("load", "--type", type, "--hour", hour)],
    [
      "`sluice --version`: Node and sluice's own start",
      () => runChild([process.execPath, program, "--version"], work),
    ],
    [
      "Python, google-cloud-bigquery and -storage",
      () =>
        runChild(
          [
            installPython(),
            join(baselines, "load_hour.py"),
            ...[hour, type, bucket, "stage", dataset],
            join(root, "schemas", "tables", `${type}.json`),
          ],
          work,
          variables,
        ),
    ],
  ]);
  const runs = new Map<string, ChildRun[]>();
  // The first of each makes its tables, and is not counted.
  for (let round = 0; round <= rounds; round += 1)
    for (const [name, run] of ways) {
      const result = await run();
      if (round > 0) runs.set(name, [...(runs.get(name) ?? []), result]);
    }
  process.stdout.write(await writeSection("load", formatResults(runs)));
} finally {
  await bigQuery.stop();
  await gcs.stop();
  rmSync(work, { recursive: true, force: true });
}

/** The interpreter of a virtual environment in the cache folder. */
function installPython(): string {
  const venv = join(
    process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
    "sluice",
    "bench-load",
  );
  const interpreter = join(venv, "bin", "python");
  const done = join(venv, "installed");
  if (existsSync(done)) return interpreter;
  execFileSync(python, ["-m", "venv", "--clear", venv]);
  execFileSync(
    interpreter,
    [
      ...["-m", "pip", "install", "-q", "--disable-pip-version-check"],
      ...["-r", join(baselines, "requirements.txt")],
    ],
    { stdio: "inherit" },
  );
  writeFileSync(done, "");
  return interpreter;
}

function formatResults(runs: ReadonlyMap<string, readonly ChildRun[]>): string {
  const row = (name: string, results: readonly ChildRun[]) => {
    const cpu = Math.min(...results.map(({ cpuSeconds }) => cpuSeconds));
    const wall = Math.min(...results.map(({ wallSeconds }) => wallSeconds));
    const rss = Math.max(...results.map(({ peakRssBytes }) => peakRssBytes));
    return `| ${name} | ${cpu.toFixed(2)} | ${wall.toFixed(2)} | ${(rss / 1024 ** 2).toFixed(0)} |`;
  };
  return [
    "# One load, as a whole process",
    `Written by \`make bench\` on ${new Date().toISOString().slice(0, 10)}: ${describeMachine()}.`,
    `A type's hour of the sample logs from Cloud Storage into BigQuery, both stand-ins on this machine: the least CPU (user and system) and time of ${rounds} interleaved rounds, the highest peak of memory. ` +
      `Wanted: at most ${limits.cpuSeconds} CPU-s and ${limits.peakRssMib} MiB.`,
    [
      "| | CPU-s | wall s | peak RSS MiB |",
      "| --- | ---: | ---: | ---: |",
      ...[...runs].map(([name, results]) => row(name, results)),
    ].join("\n"),
  ].join("\n\n");
}
