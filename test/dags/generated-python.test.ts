import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { generate } from "../../jobs/generate.js";
import { findPackageRoot } from "../../src/package-root.js";
import { buildCatalog, buildType } from "./build-catalog.js";
import { buildHostileCatalog, hostileTexts } from "./hostile-catalog.js";
import { runPython } from "./run-python.js";

async function readDags(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).filter((name) =>
    name.endsWith(".py"),
  );
  return Object.fromEntries(
    await Promise.all(
      names.map(
        async (name) =>
          [name, await readFile(join(directory, name), "utf8")] as const,
      ),
    ),
  );
}

const parseAll = `
import ast, json, sys
def parse(text):
    tree = ast.parse(text)
    strings = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    calls = sorted({ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)})
    return {"strings": strings, "calls": calls, "shape": [type(node).__name__ for node in tree.body]}
print(json.dumps({name: parse(text) for name, text in json.load(sys.stdin).items()}))
`;

type Parsed = Record<
  string,
  { strings: string[]; calls: string[]; shape: string[] }
>;

/** Runs the files with a stand-in for Airflow, and plays a year of every DAG's cron and sensor. */
const playYear = `
import json, sys, types
from datetime import datetime, timedelta, timezone
class Anything:
    def __init__(self, *args, **kwargs):
        self.args, self.kwargs, self.params = args, kwargs, {}
        made.append(self)
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def __rshift__(self, other): return other
class Module(types.ModuleType):
    def __getattr__(self, name):
        return type(name, (Anything,), {})
for name in ["airflow", "airflow.sdk", "airflow.providers.common.compat.sdk", "airflow.providers.cncf.kubernetes.operators.pod", "airflow.providers.cncf.kubernetes.secret", "airflow.providers.standard.exceptions", "airflow.providers.standard.sensors.external_task", "airflow.timetables.interval", "kubernetes.client"]:
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        sys.modules.setdefault(".".join(parts[:end]), Module(".".join(parts[:end])))
sys.modules["airflow"].__version__ = "3.0.0"
sys.modules["kubernetes.client"].models = types.SimpleNamespace(**{name: Anything for name in ["V1EnvVar", "V1Volume", "V1VolumeMount", "V1EmptyDirVolumeSource"]})
hour = timedelta(hours=1)
dags = {}
others = ["log_reload.py", "log_reconcile.py", "log_watch.py", "log_report.py"]
for file, text in json.load(sys.stdin).items():
    if file in others:
        continue
    made = []
    scope = {"__name__": file}
    exec(compile(text, file, "exec"), scope)
    dag = next(each.kwargs for each in made if "dag_id" in each.kwargs)
    cron = dag["schedule"].args[0].split()
    assert cron[1:] == ["*"] * 4 and dag["schedule"].kwargs == {"timezone": "UTC"}, cron
    first = dag["start_date"].replace(minute=int(cron[0]))
    dags[dag["dag_id"]] = (first if first >= dag["start_date"] else first + hour, scope)
first, _ = dags.pop("log_classification")
classified = {first + i * hour for i in range(366 * 24 + 2)}
wrong, played = [], 0
for dag_id, (logical, scope) in dags.items():
    for _ in range(366 * 24):
        target = scope["classifier_logical_date"](logical, dag_run=None)
        same_hour = scope["folder_hour"](None, logical) == scope["folder_hour"](None, target) == logical.strftime("%Y-%m-%dT%H")
        if target not in classified or not same_hour or not target < logical:
            wrong.append([dag_id, str(logical), str(target)])
        logical += hour
        played += 1
print(json.dumps({"wrong": wrong[:5], "played": played}))
`;

describe("the generated Python", () => {
  let outDir: string;
  beforeEach(async () => {
    outDir = await mkdtemp(join(tmpdir(), "sluice-python-"));
  });
  afterEach(() => rm(outDir, { recursive: true }));

  it("of this repository's catalog parses", async () => {
    const parsed = runPython(
      parseAll,
      await readDags(join(findPackageRoot(), "generated-dags")),
    ) as Parsed;
    expect(Object.keys(parsed))
      .to.include("log_classification.py")
      .and.have.length.above(24);
  });

  it("of a hostile catalog holds its texts as literals, and the same code as that of a harmless one", async () => {
    const catalog = buildHostileCatalog();
    await generate({ catalog, outDir, mode: "write" });
    const parsed = runPython(parseAll, await readDags(outDir)) as Parsed;
    expect(Object.keys(parsed)).to.have.length(catalog.types.size + 5);
    const { calls, shape } = parsed["load_type_0.py"] ?? {
      calls: [],
      shape: [],
    };
    expect(calls).to.deep.equal(
      `AirflowFailException Asset ClassifiedHour CronDataIntervalTimetable DAG Param Secret SluicePod airflow_version.startswith bool context.get datetime folder_hour
k8s.V1ConfigMapVolumeSource k8s.V1Volume k8s.V1VolumeMount
logical_date.astimezone logical_date.astimezone(timezone.utc).replace logical_date.astimezone(timezone.utc).strftime
self.delete_leftover self.log.warning self.pod_manager.delete_pod self.pod_manager.read_pod
super super().cleanup super().poke timedelta`.split(/\s/),
    );
    hostileTexts.forEach((text, index) => {
      const file = parsed[`load_type_${index}.py`];
      expect(file).to.deep.include({ calls, shape });
      expect(file?.strings, "owner").to.include(text);
      expect(
        file?.strings.some((literal) =>
          literal.includes(`\n\n${text}\n\nLog type:`),
        ),
        `description ${text}`,
      ).to.equal(true);
    });
  });

  it("has for every load run of a year a classifier run of the same hour that starts before it", async () => {
    const types = Array.from({ length: 8 }, (_, index) =>
      buildType(`type_${index}`, { load: index < 2 ? "fast" : "spread" }),
    );
    await generate({ catalog: buildCatalog(types), outDir, mode: "write" });
    expect(runPython(playYear, await readDags(outDir))).to.deep.equal({
      wrong: [],
      played: 8 * 366 * 24,
    });
  });

  it("of this repository's catalog has so too", async () => {
    const dags = await readDags(join(findPackageRoot(), "generated-dags"));
    const loads = Object.keys(dags).filter((name) => name.startsWith("load_"));
    expect(loads).to.have.length.above(24);
    expect(runPython(playYear, dags)).to.deep.equal({
      wrong: [],
      played: loads.length * 366 * 24,
    });
  });
});
