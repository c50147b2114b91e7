/**
 * CPU time for Airflow 2 and 3 to parse the load DAGs of 100 types: generated ones, files as one would write them by hand, and
 * dag-factory 1.1.0's. `npx tsx bench/generate/measure-parse.ts [ROUNDS]`; each round is a new process for each Airflow, and
 * begins with another folder.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "../../jobs/generate.js";
import { buildCatalog, buildType } from "../../test/dags/build-catalog.js";
import { installDagFactory, writeDagFactoryYaml } from "./dag-factory.js";
import { writePlainDag } from "./plain-dag.js";

const typeCount = 100;
const rounds = Number(process.argv[2] ?? 5);
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

for (const major of ["2", "3"] as const) {
  const python = installDagFactory(major);
  const found = Array.from({ length: rounds }, (_, round) =>
    parse(python, round),
  );
  const [ours = NaN, byHand = NaN, factories = NaN] = folders.map((_, index) =>
    median(found.map((each) => each[index] ?? NaN)),
  );
  console.log(
    `Airflow ${major}, CPU ms a DAG, median of ${rounds}: generated ${ours.toFixed(2)}, by hand ${byHand.toFixed(2)}, dag-factory ${factories.toFixed(2)}; ` +
      `${(ours / byHand).toFixed(2)} of by hand, ${(ours / factories).toFixed(2)} of dag-factory`,
  );
}
rmSync(work, { recursive: true });
