/**
 * CPU time for Airflow 2 and 3 to parse the load DAGs of 100 types: generated ones, files as one would write them by hand, and
 * dag-factory 1.1.0's. `npx tsx bench/generate/measure-parse.ts [ROUNDS]`; each round is a new process for each Airflow, and
 * begins with another folder. Writes RESULTS.md, and fails where a ratio is above its limit.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { format } from "prettier";
import { generate } from "../../jobs/generate.js";
import { buildCatalog, buildType } from "../../test/dags/build-catalog.js";
import { describeMachine } from "../machine.js";
import { installDagFactory, writeDagFactoryYaml } from "./dag-factory.js";
import { writePlainDag } from "./plain-dag.js";

const typeCount = 100;
const rounds = Number(process.argv[2] ?? 11);
/** Of the files by hand, and of dag-factory's. */
const limits = { byHand: 1.1, factory: 0.5 };
const work = mkdtempSync(join(tmpdir(), "sluice-bench-"));
const folders = ["generated", "plain", "dag-factory"].map((name) =>
  join(work, name),
);
const [generated = "", plain = "", factory = ""] = folders;
for (const folder of folders) mkdirSync(folder);

await generate({
  catalog: buildCatalog(
    Array.from({ length: typeCount }, (_, index) => buildType(`type_${index}`)),
  ),
  outDir: generated,
  mode: "write",
});
for (const other of [
  "log_classification",
  "log_reload",
  "log_reconcile",
  "log_watch",
  "log_report",
])
  rmSync(join(generated, `${other}.py`));
for (let index = 0; index < typeCount; index++)
  writeFileSync(
    join(plain, `load_type_${index}.py`),
    writePlainDag(`type_${index}`, 30 + (index % 30)),
  );
writeFileSync(join(factory, "dags.yml"), writeDagFactoryYaml(typeCount));
writeFileSync(
  join(factory, "dags.py"),
  `from airflow import DAG
from dagfactory import load_yaml_dags

load_yaml_dags(globals_dict=globals(), config_filepath="${join(factory, "dags.yml")}")
`,
);

/** In the order of `folders`, whichever is parsed first. */
function parse(python: string, round: number): number[] {
  const turn = round % folders.length;
  const order = [...folders.slice(turn), ...folders.slice(0, turn)];
  const home = mkdtempSync(join(work, "home-"));
  const output = execFileSync(
    python,
    [join(import.meta.dirname, "parse_folders.py"), ...order],
    {
      env: {
        PATH: process.env["PATH"] ?? "",
        AIRFLOW_HOME: home,
        AIRFLOW__CORE__DAGS_FOLDER: join(home, "none"),
        AIRFLOW__CORE__LOAD_EXAMPLES: "False",
        AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT: "600",
        AIRFLOW__LOGGING__LOGGING_LEVEL: "CRITICAL",
        AIRFLOW__METRICS__TIMER_UNIT_CONSISTENCY: "True",
        AIRFLOW__USAGE_DATA_COLLECTION__ENABLED: "False",
      },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  const spent = JSON.parse(output.trim().split("\n").at(-1) ?? "") as {
    readonly dags: number;
    readonly ms: number;
  }[];
  for (const { dags } of spent)
    if (dags !== typeCount)
      throw new Error(`found ${dags} DAGs, expected ${typeCount}`);
  return folders.map((folder) => spent[order.indexOf(folder)]?.ms ?? NaN);
}

function median(numbers: readonly number[]): number {
  return (
    numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN
  );
}

const lines: string[] = [];
for (const major of ["2", "3"] as const) {
  const python = installDagFactory(major);
  const found = Array.from({ length: rounds }, (_, round) =>
    parse(python, round),
  );
  const [ours = NaN, byHand = NaN, factories = NaN] = folders.map((_, index) =>
    median(found.map((each) => each[index] ?? NaN)),
  );
  // Of the same process each time: how fast this machine is changes from one to the next.
  const ofHand = median(found.map(([a = NaN, b = NaN]) => a / b)).toFixed(2);
  const ofFactory = median(found.map(([a = NaN, , c = NaN]) => a / c)).toFixed(
    2,
  );
  lines.push(
    `| ${major} | ${ours.toFixed(2)} | ${byHand.toFixed(2)} | ${factories.toFixed(2)} | ${ofHand} | ${ofFactory} |`,
  );
  if (Number(ofHand) > limits.byHand || Number(ofFactory) > limits.factory)
    process.exitCode = 1;
}
rmSync(work, { recursive: true });
const results = await format(
  `# Parsing ${typeCount} load DAGs

Written by \`make bench\` on ${new Date().toISOString().slice(0, 10)}: ${describeMachine()}.

CPU milliseconds a DAG that Airflow takes to parse the files once more, one by one as it does, imports not counted: the medians of ${rounds} processes, each with all three folders in turn; the ratios are medians of those within a process. "By hand" is the same sensor and pod without the parameter, the words and the retry rule (\`plain-dag.ts\`). Wanted: at most ${limits.byHand} of by hand, and ${limits.factory} of dag-factory 1.1.0.

| Airflow | generated | by hand | dag-factory | of by hand | of dag-factory |
| --- | ---: | ---: | ---: | ---: | ---: |
${lines.join("\n")}
`,
  { parser: "markdown" },
);
writeFileSync(join(import.meta.dirname, "RESULTS.md"), results);
console.log(results);
