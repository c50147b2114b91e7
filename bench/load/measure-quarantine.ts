/**
 * Loads that set rows aside, beside a clean one, against the stand-in servers: `npx tsx bench/load/measure-quarantine.ts [ROWS]`.
 * Writes its section of RESULTS.md. Needs `make servers`; in a container's memory where it may make a control group.
 */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBigQueryServer } from "../../test/servers/bigquery-server.js";
import { startGcsServer } from "../../test/servers/gcs-server.js";
import { findPackageRoot } from "../../src/package-root.js";
import { describeMachine } from "../machine.js";
import { makeMemoryGroup } from "../memory-group.js";
import { runChild } from "../run-child.js";
import { writeRows } from "../schema/write-rows.js";
import { makeIn } from "./make-in.js";
import { quarantineHeading, writeSection } from "./results-file.js";

const rows = Number(process.argv[2] ?? 200_000);
const type = "purchase";
const dataset = "bench";
const limitMib = 128;
const hours = [
  { hour: "2026-11-20T03", badEvery: 0, what: "every row fits" },
  { hour: "2026-11-20T04", badEvery: 100, what: "1 % is set aside" },
  { hour: "2026-11-20T05", badEvery: 11, what: "9 % are set aside" },
] as const;

const root = findPackageRoot();
const program = join(root, "dist", "src", "main.js");
const work = mkdtempSync(join(tmpdir(), "sluice-bench-quarantine-"));
const gcs = await startGcsServer();
const bigQuery = await startBigQueryServer({ gcsDirectory: gcs.directory });
let isLimited = true;
try {
  await makeIn(gcs, bigQuery, "bench-stage", dataset);
  const tables = join("schemas", "tables");
  mkdirSync(join(work, tables), { recursive: true });
  const schemaFile = join(tables, `${type}.json`);
  copyFileSync(join(root, schemaFile), join(work, schemaFile));
  const catalog = join(work, "catalog.yaml");
  writeFileSync(
    catalog,
    [
      `source: file:${join(work, "source")}`,
      "stage: gs://bench-stage/stage",
      `warehouse: bigquery://${bigQuery.project}/${dataset}`,
      "type_key: log_type",
      "types:",
      `  ${type}: { on_bad_row: quarantine }`,
      "",
    ].join("\n"),
  );
  const variables = {
    SLUICE_GCS_ENDPOINT: gcs.endpoint,
    SLUICE_BIGQUERY_ENDPOINT: bigQuery.endpoint,
    SLUICE_SPOOL: join(work, "spool"),
    SLUICE_LOG_LEVEL: "error",
  };
  const sluice = (...words: readonly string[]) => [
    ...[process.execPath, program, ...words],
    ...["--catalog", catalog, "--json"],
  ];
  const lines: string[] = [];
  for (const { hour, badEvery, what } of hours) {
    const folder = join(work, "source", hour.replace(/[-T]/g, "/"));
    mkdirSync(folder, { recursive: true });
    const spoil = (line: string, row: number) =>
      badEvery > 0 && row % badEvery === 0
        ? line.replace(/"quantity":\d+/, '"quantity":"n/a"')
        : line;
    await writeRows(join(folder, "a.ndjson"), type, { rows }, spoil);
    await runChild(sluice("classify", "--hour", hour), work, variables);
    const load = sluice("load", "--type", type, "--hour", hour);
    const group = makeMemoryGroup(limitMib * 1024 ** 2);
    isLimited &&= group !== null;
    let counted: number | undefined;
    const run = await runChild(
      group?.wrap(load) ?? load,
      work,
      variables,
    ).finally(() => {
      counted = group?.removeAndTakePeakBytes();
    });
    const result = JSON.parse(run.stdout) as {
      rows_loaded: number;
      rows_set_aside: number;
    };
    const expected = badEvery === 0 ? 0 : Math.ceil(rows / badEvery);
    if (
      result.rows_set_aside !== expected ||
      result.rows_loaded !== rows - expected
    )
      throw new Error(
        `${what}: expected ${expected} set aside, found ${run.stdout}`,
      );
    lines.push(
      `| ${what} | ${run.cpuSeconds.toFixed(2)} | ${toMib(run.peakRssBytes)} | ${counted === undefined ? "" : toMib(counted)} |`,
    );
  }
  const where = !isLimited
    ? "with the whole machine's memory, by which V8 sizes its heap"
    : `in a control group of ${limitMib} MiB, as a pod's`;
  const section = [
    quarantineHeading,
    `Written by \`make bench\` on ${new Date().toISOString().slice(0, 10)}: ${describeMachine()}.`,
    `\`sluice load\` of ${rows} rows of a type with \`on_bad_row: quarantine\`, from Cloud Storage into BigQuery, both stand-ins on this machine, one load of each, ${where}. RSS counts the file pages of Node's own program too; what the group counted is what its limit is held against.`,
    [
      "| | CPU-s | peak RSS MiB | peak of the group MiB |",
      "| --- | ---: | ---: | ---: |",
      ...lines,
    ].join("\n"),
  ].join("\n\n");
  process.stdout.write(await writeSection("quarantine", section));
} finally {
  await bigQuery.stop();
  await gcs.stop();
  rmSync(work, { recursive: true, force: true });
}

function toMib(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(0);
}
