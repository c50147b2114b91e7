/**
 * CPU time to generate the DAGs of 1,000 log types, against dag-factory 1.1.0 turning its YAML of the same 1,000 DAGs into DAG objects,
 * which it does at each parse. `npx tsx bench/generate/measure.ts [ROUNDS]`; Airflow and dag-factory are installed into the cache folder.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "../../jobs/generate.js";
import { buildCatalog, buildType } from "../../test/dags/build-catalog.js";
import { installDagFactory, writeDagFactoryYaml } from "./dag-factory.js";

const typeCount = 1000;
const rounds = Number(process.argv[2] ?? 3);
const work = mkdtempSync(join(tmpdir(), "sluice-bench-"));
const catalog = buildCatalog(
  Array.from({ length: typeCount }, (_, index) => buildType(`type_${index}`)),
);

const loader = `
import sys, time
import airflow.providers.cncf.kubernetes.operators.pod, airflow.providers.standard.sensors.external_task, airflow.timetables.interval
from dagfactory import load_yaml_dags
dags = {}
start = time.process_time()
load_yaml_dags(globals_dict=dags, config_filepath=sys.argv[1])
spent = time.process_time() - start
assert sum(name.startswith("load_type_") for name in dags) == ${typeCount}, len(dags)
print(spent)
`;

function loadWithDagFactory(python: string): number {
  const file = join(work, "dags.yml");
  writeFileSync(file, writeDagFactoryYaml(typeCount));
  const env = {
    PATH: process.env["PATH"] ?? "",
    AIRFLOW_HOME: work,
    AIRFLOW__LOGGING__LOGGING_LEVEL: "CRITICAL",
  };
  const output = execFileSync(python, ["-W", "ignore", "-c", loader, file], {
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return Number(output.trim().split("\n").at(-1));
}

async function measureGenerate(outDir: string): Promise<number> {
  const before = process.cpuUsage();
  await generate({ catalog, outDir, mode: "write" });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const python = installDagFactory("2");
const ratios: number[] = [];
for (let round = 1; round <= rounds; round++) {
  const fresh = await measureGenerate(join(work, `fresh-${round}`));
  const again = await measureGenerate(join(work, `fresh-${round}`));
  const factory = loadWithDagFactory(python);
  ratios.push(factory / fresh);
  console.log(
    `round ${round}: sluice ${fresh.toFixed(2)} s, unchanged ${again.toFixed(2)} s, dag-factory ${factory.toFixed(2)} s: ${(factory / fresh).toFixed(1)} times`,
  );
}
ratios.sort((a, b) => a - b);
console.log(
  `CPU for ${typeCount} types, dag-factory to sluice: median ${(ratios[Math.floor(rounds / 2)] ?? NaN).toFixed(1)} times`,
);
rmSync(work, { recursive: true });
