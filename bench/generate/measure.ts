/**
 * CPU time to generate the DAGs of 1,000 log types, against dag-factory 1.1.0 turning its YAML of the same 1,000 DAGs into DAG objects,
 * which it does at each parse. `npx tsx bench/generate/measure.ts [ROUNDS]`; Airflow and dag-factory are installed into the cache folder.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "../../jobs/generate.js";
import { findPackageRoot } from "../../src/package-root.js";
import { buildCatalog, buildType } from "../../test/dags/build-catalog.js";

const typeCount = 1000;
const rounds = Number(process.argv[2] ?? 3);
const airflowTests = join(findPackageRoot(), "test", "airflow");
const cache = join(
  process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
  "sluice",
);
const work = mkdtempSync(join(tmpdir(), "sluice-bench-"));
const catalog = buildCatalog(
  Array.from({ length: typeCount }, (_, index) => buildType(`type_${index}`)),
);

const yaml = Array.from(
  { length: typeCount },
  (_, index) => `load_type_${index}:
  default_args: {owner: data, retries: 2, retry_delay_sec: 300, start_date: "2026-01-01"}
  schedule:
    __type__: airflow.timetables.interval.CronDataIntervalTimetable
    cron: "${30 + (index % 30)} * * * *"
    timezone: UTC
  catchup: true
  max_active_runs: 1
  tags: [logs]
  tasks:
    wait:
      operator: airflow.providers.standard.sensors.external_task.ExternalTaskSensor
      external_dag_id: log_classification
      external_task_id: classify
      mode: reschedule
      timeout: 3600
    load:
      operator: airflow.providers.cncf.kubernetes.operators.pod.KubernetesPodOperator
      name: load-type-${index}
      namespace: data
      image: registry.example/sluice:1.0.0
      cmds: [sluice]
      arguments: [load, --type, type_${index}, --hour, "{{ logical_date.strftime('%Y-%m-%dT%H') }}"]
      container_resources:
        __type__: kubernetes.client.models.V1ResourceRequirements
        requests: {cpu: 100m, memory: 128Mi}
      dependencies: [wait]
`,
).join("");

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

function installDagFactory(): string {
  execFileSync(join(airflowTests, "install"), { stdio: "inherit" });
  const venv = join(cache, "bench-dag-factory");
  if (!existsSync(join(venv, "ready"))) {
    const uv = existsSync(join(cache, "uv"))
      ? join(cache, "uv", "bin", "uv")
      : "uv";
    execFileSync(uv, [
      "venv",
      "-q",
      "--clear",
      "--python",
      join(cache, "airflow2", "bin", "python"),
      venv,
    ]);
    const requirements = [
      "-r",
      join(airflowTests, "requirements-2.txt"),
      "dag-factory==1.1.0",
    ];
    execFileSync(uv, [
      "pip",
      "install",
      "-q",
      "--python",
      join(venv, "bin", "python"),
      ...requirements,
    ]);
    writeFileSync(join(venv, "ready"), "");
  }
  return join(venv, "bin", "python");
}

function loadWithDagFactory(python: string): number {
  const file = join(work, "dags.yml");
  writeFileSync(file, yaml);
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

const python = installDagFactory();
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
