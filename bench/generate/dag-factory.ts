import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { findPackageRoot } from "../../src/package-root.js";

const airflowTests = join(findPackageRoot(), "test", "airflow");
const cache = join(
  process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
  "sluice",
);

/** dag-factory's YAML of as many load DAGs, each with what a generated one has. */
export function writeDagFactoryYaml(typeCount: number): string {
  return Array.from(
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
}

/** Installs Airflow and dag-factory 1.1.0 into the cache folder; the Python that has them. */
export function installDagFactory(major: "2" | "3"): string {
  execFileSync(join(airflowTests, "install"), { stdio: "inherit" });
  const venv = join(cache, `bench-dag-factory-${major}`);
  if (!existsSync(join(venv, "ready"))) {
    const uv = existsSync(join(cache, "uv"))
      ? join(cache, "uv", "bin", "uv")
      : "uv";
    execFileSync(uv, [
      "venv",
      "-q",
      "--clear",
      "--python",
      join(cache, `airflow${major}`, "bin", "python"),
      venv,
    ]);
    const requirements = [
      "-r",
      join(airflowTests, `requirements-${major}.txt`),
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
