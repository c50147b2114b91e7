/** `check-play.ts 2|3 DIR`: compares what test/airflow/play-runs left in DIR with what must have come of it. Exits 1 if anything differs. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { isDeepStrictEqual } from "node:util";
import { queryDuckDb } from "../contract/query-duckdb.js";

const [version = "", directory = ""] = process.argv.slice(2);
const isAirflow2 = version === "2";
const hours = ["2026-01-15T00", "2026-01-15T01", "2026-01-15T02"];
const types = ["inventory.adjusted", "page_view", "purchase", "quiet.json"];
const [first = "", second = "", third = ""] = hours;
let problems = 0;

function expectSame(what: string, found: unknown, expected: unknown): void {
  if (isDeepStrictEqual(found, expected)) return;
  problems++;
  console.log(
    `${what}:\n  found    ${JSON.stringify(found)}\n  expected ${JSON.stringify(expected)}`,
  );
}

interface Pod {
  readonly name: string;
  readonly argv: readonly string[];
  readonly exit_code: number;
  readonly log: string;
}

function readPods(step: string): Pod[] {
  const text = readFileSync(
    join(directory, "steps", step, "pods.jsonl"),
    "utf8",
  );
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Pod);
}

/** Each pod as its command line and exit code, sorted. */
function listPods(pods: readonly Pod[]): string[] {
  return pods
    .map(({ argv, exit_code }) => `${argv.slice(1).join(" ")} = ${exit_code}`)
    .sort();
}

interface Task {
  readonly dag: string;
  readonly run: string;
  /** The run's logical date: `2026-01-15 00:05`, UTC. */
  readonly date: string;
  readonly runType: string;
  readonly name: string;
  readonly state: string;
  readonly tries: string;
}

function readAllTasks(step: string): Task[] {
  return readRows(step, "tasks").map((columns) => {
    const [dag = "", run = "", date = "", task = "", index = ""] = columns;
    const [state = "", tries = "", runType = ""] = columns.slice(5);
    const name = `${task}${index === "-1" ? "" : `[${index}]`}`;
    return { dag, run, date: date.slice(0, 16), runType, name, state, tries };
  });
}

function readTaskRows(step: string, dag: string, run: RegExp): Task[] {
  return readAllTasks(step).filter(
    (task) => task.dag === dag && run.test(task.run),
  );
}

/** The lines of a file that a query left, as columns. */
function readRows(step: string, name: string): string[][] {
  return readFileSync(join(directory, "steps", step, name), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"));
}

/** Task instances of one run as `task[index] state`. */
function readTasks(step: string, dag: string, run: RegExp): string[] {
  return readTaskRows(step, dag, run).map(
    ({ name, state }) => `${name} ${state}`,
  );
}

/** How often the sensor of one run was tried. */
function readSensorTries(step: string, dag: string, run: RegExp): string[] {
  return readTaskRows(step, dag, run)
    .filter(({ name }) => name === "wait")
    .map(({ tries }) => tries);
}

function readAlerts(step: string): string[] {
  return (
    readFileSync(join(directory, "steps", step, "alerts"), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      // In Airflow 2 a run by hand has the date of now, in 3 none.
      .map((line) => line.replace(/^(log_reload \S+) .*/, "$1"))
      .sort()
  );
}

const classify = (hour: string) => `classify --hour ${hour} = 0`;
const load = (type: string, hour: string) =>
  type === "quiet.json"
    ? `load --type quiet.json --hour ${hour} --skip-empty = 99`
    : `load --type ${type} --hour ${hour} = 0`;

const reloadQuiet = (hour: string) =>
  `load --type quiet.json --skip-empty --hour ${hour} = 99`;

/** What a source holds, counted without any of sluice's code: rows by type and hour. */
function countSource(
  source: string,
  hours: readonly string[],
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const hour of hours) {
    const folder = join(source, hour.replace("T", "-").replaceAll("-", "/"));
    for (const name of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, name));
      const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
      const plain = isGzip ? gunzipSync(bytes) : bytes;
      for (const line of splitLines(plain)) {
        const type = readType(line);
        if (type === null || !types.includes(type)) continue;
        const key = `${type} ${hour}`;
        counts[key] = (counts[key] ?? 0) + 1;
      }
    }
  }
  return counts;
}

function* splitLines(bytes: Buffer): Generator<Buffer> {
  let from = 0;
  while (from < bytes.length) {
    const end = bytes.indexOf(0x0a, from);
    yield bytes.subarray(from, end === -1 ? bytes.length : end);
    from = end === -1 ? bytes.length : end + 1;
  }
}

function readType(line: Buffer): string | null {
  try {
    const text = new TextDecoder("utf8", { fatal: true, ignoreBOM: true });
    const value: unknown = JSON.parse(text.decode(line));
    return typeof value === "object" &&
      value !== null &&
      "log_type" in value &&
      typeof value.log_type === "string"
      ? value.log_type
      : null;
  } catch {
    return null;
  }
}

/** Rows by type and hour in the tables that the step left, and a digest of each table's rows. */
async function readTables(
  step: string,
  types: readonly string[],
): Promise<{
  counts: Record<string, number>;
  digests: Record<string, unknown>;
}> {
  const file = join(directory, "steps", step, "warehouse.duckdb");
  const counts: Record<string, number> = {};
  const digests: Record<string, unknown> = {};
  for (const type of types) {
    const table = type.replaceAll(".", "_");
    const rows = await queryDuckDb(
      file,
      `SELECT strftime(folder_hour AT TIME ZONE 'UTC', '%Y-%m-%dT%H') AS hour, count(*)::INTEGER AS rows FROM "${table}" GROUP BY ALL`,
    );
    for (const { hour, rows: count } of rows)
      counts[`${type} ${JSON.stringify(hour).slice(1, -1)}`] = Number(count);
    digests[type] = await queryDuckDb(
      file,
      `SELECT bit_xor(hash(t::VARCHAR))::VARCHAR AS digest FROM "${table}" AS t`,
    );
  }
  return { counts, digests };
}

// By the clock: each hour that was over when the scheduler started has its run; one that ended meanwhile may have.
const hourMs = 3_600_000;
const readTime = (name: string) =>
  Date.parse(
    readFileSync(join(directory, "steps/scheduled", name), "utf8").trim(),
  );
const begin = readTime("begin");
const end = readTime("end");
const startDate = readTime("start");
const isoMinute = (time: number) => new Date(time).toISOString().slice(0, 16);
const recentHours = [0, 1, 2, 3, 4].map((hour) =>
  isoMinute(startDate + hour * hourMs).slice(0, 13),
);
const lock = JSON.parse(
  readFileSync(join(directory, "steps/scheduled/schedule.lock.json"), "utf8"),
) as Record<string, number>;
/** Logical dates of the runs that are due at a time: each starts an hour after its own. */
function listDue(minute: number, time: number): string[] {
  const dates: string[] = [];
  for (
    let date = startDate + minute * 60_000;
    date + hourMs <= time;
    date += hourMs
  )
    dates.push(isoMinute(date));
  return dates;
}
const scheduledTypes = ["page_view", "purchase"];
const scheduledTasks = readAllTasks("scheduled");
const scheduledPods = listPods(readPods("scheduled"));
expectSame(
  "DAGs and types of run that the clock started",
  [
    ...new Set(scheduledTasks.map(({ dag, runType }) => `${dag} ${runType}`)),
  ].sort(),
  [
    ...["load_page_view scheduled", "load_purchase scheduled"],
    "log_classification scheduled",
  ],
);
expectSame(
  "tasks that the clock started and that did not succeed",
  scheduledTasks.filter(({ state }) => state !== "success"),
  [],
);
const startedPods: string[] = [];
const loadedRows: [string, number][] = [];
const recentRows = countSource(
  join(directory, "steps/scheduled/source"),
  recentHours,
);
for (const [dag, minute, task, type] of [
  ["log_classification", lock["_classify"], "classify", null],
  ["load_page_view", lock["page_view"], "load", "page_view"],
  ["load_purchase", lock["purchase"], "load", "purchase"],
] as const) {
  const dates = scheduledTasks
    .filter(({ dag: id, name }) => id === dag && name === task)
    .map(({ date }) => date.replace(" ", "T"))
    .sort();
  const must = listDue(minute ?? NaN, begin);
  const may = listDue(minute ?? NaN, end);
  if (must.length < 3)
    expectSame(`hours of ${dag} that were over`, must, "three at least");
  expectSame(
    `runs of ${dag} that the clock started`,
    dates,
    dates.length > must.length ? may.slice(0, dates.length) : must,
  );
  for (const hour of dates.map((date) => date.slice(0, 13))) {
    startedPods.push(type === null ? classify(hour) : load(type, hour));
    if (type !== null)
      loadedRows.push([
        `${type} ${hour}`,
        recentRows[`${type} ${hour}`] ?? NaN,
      ]);
  }
}
expectSame("pods of scheduled runs", scheduledPods, startedPods.sort());
expectSame(
  "rows after the scheduled runs",
  sorted((await readTables("scheduled", scheduledTypes)).counts),
  sorted(Object.fromEntries(loadedRows)),
);

// log_reconcile: an object that came late, and types whose DAGs were paused. The hour that ended within the last hour is not its own.
expectSame(
  "pods of log_reconcile",
  // A scheduled run that became due while the scheduler stopped has its pods now.
  listPods(
    readPods("reconciled").filter(({ argv }) => argv[1] === "reconcile"),
  ),
  ["reconcile --last 4h --run = 0"],
);
expectSame(
  "tasks of log_reconcile",
  readTasks("reconciled", "log_reconcile", /^late$/),
  ["reconcile success"],
);
const newest = isoMinute(readTime("reconciled") - 2 * hourMs).slice(0, 13);
const [oldest = ""] = recentHours;
const toReconcile = recentHours.filter((hour) => hour <= newest);
const reconciledRows = countSource(
  join(directory, "steps/reconciled/source"),
  toReconcile,
);
if (
  !(
    (reconciledRows[`purchase ${oldest}`] ?? 0) >
    (recentRows[`purchase ${oldest}`] ?? 0)
  )
)
  expectSame("rows of the object that came late", 0, "more than none");
expectSame(
  "rows after log_reconcile",
  sorted((await readTables("reconciled", types)).counts).filter(([key]) =>
    toReconcile.some((hour) => key.endsWith(hour)),
  ),
  sorted(reconciledRows),
);

// By hand: with a date, with the hour parameter, with neither.
const byHand = readPods("by-hand");
const neither = byHand.filter(
  ({ argv }) => argv[1] === "classify" && !hours.includes(argv[3] ?? ""),
);
expectSame(
  "pods of runs by hand",
  listPods(byHand.filter((pod) => !neither.includes(pod))),
  [
    classify(first),
    classify(third),
    // At the logical date of the third hour, with the second as its parameter: a later backfill does the third.
    classify(second),
    load("page_view", first),
    load("purchase", first),
  ].sort(),
);
expectSame(
  "exit codes of the classifier's run with neither a date nor an hour",
  neither.map(({ exit_code }) => exit_code),
  isAirflow2 ? [4, 4] : [],
);
expectSame(
  "tasks of the classifier's run with neither",
  readTasks("by-hand", "log_classification", /^neither$/),
  ["classify failed"],
);
if (!isAirflow2)
  expectSame(
    "tasks of the load's run with neither",
    readTasks("by-hand", "load_purchase", /^neither$/),
    ["load upstream_failed", "wait failed"],
  );
if (!isAirflow2)
  expectSame(
    "tries of the sensor of the load's run with neither",
    readSensorTries("by-hand", "load_purchase", /^neither$/),
    ["1"],
  );

// log_reload and log_reconcile.
expectSame(
  "pods of log_reload and log_reconcile",
  listPods(readPods("reload")),
  [
    ...hours.flatMap((hour) => [
      classify(hour),
      load("purchase", hour),
      reloadQuiet(hour),
    ]),
    "reconcile --last 4h --run = 0",
  ].sort(),
);

// A damaged hour is not tried again, a missing one is; a failed classifier fails the sensors at once, and is told once.
expectSame("pods of failing hours", listPods(readPods("failing")), [
  "classify --hour 2026-01-15T02 = 0",
  "classify --hour 2026-01-15T03 = 3",
  "classify --hour 2026-01-15T03 = 3",
  "classify --hour 2026-01-15T04 = 4",
  "classify --hour 2026-01-15T04 = 4",
  // Of a type that has left the catalog: not tried again.
  "load --type inventory.adjusted --hour 2026-01-15T02 = 2",
  "load --type purchase --hour 2026-01-15T02 = 0",
  "load --type purchase --hour 2026-01-15T03 = 4",
  "load --type purchase --hour 2026-01-15T03 = 4",
]);
for (const run of [/^damaged$/, /^missing$/]) {
  expectSame(
    `tasks of the classifier's run ${String(run)}`,
    readTasks("failing", "log_classification", run),
    ["classify failed"],
  );
  expectSame(
    `tasks of the load's run ${String(run)}`,
    readTasks("failing", "load_purchase", run),
    ["load upstream_failed", "wait failed"],
  );
  expectSame(
    `tries of the sensor of the load's run ${String(run)}`,
    readSensorTries("failing", "load_purchase", run),
    ["1"],
  );
}
expectSame(
  "tasks of the load of a type that has left the catalog",
  readTaskRows("failing", "load_inventory_adjusted", /^gone$/).map(
    ({ name, state, tries }) => `${name} ${state} ${tries}`,
  ),
  ["load failed 1", "wait success 1"],
);
// A reload of a good hour and a damaged one loads the good one, and is red.
expectSame(
  "tasks of log_reload over a damaged hour",
  readTasks("failing", "log_reload", /^partly$/),
  [
    ...["classify[0] success", "classify[1] failed", "done upstream_failed"],
    ...["load[0] success", "load[1] failed"],
    ...["plan success", "plan_loads success"],
  ],
);
expectSame("alerts of failing hours", readAlerts("failing"), [
  "load_inventory_adjusted load 2026-01-15T04",
  "log_classification classify 2026-01-15T03",
  "log_classification classify 2026-01-15T04",
  "log_reload classify",
  "log_reload load",
]);

// Backfilled, and backfilled again.
const everything = [
  ...hours.map(classify),
  ...hours.flatMap((hour) => types.map((type) => load(type, hour))),
].sort();
const source = countSource(join(directory, "source"), hours);
expectSame(
  "types and hours in the source",
  Object.keys(source).length,
  hours.length * (types.length - 1),
);
for (const [before, step] of [
  ["failing", "backfill"],
  ["backfill", "again"],
] as const) {
  expectSame(`pods of ${step}`, listPods(readPods(step)), everything);
  expectSame(`alerts of ${step}`, readAlerts(step), []);
  expectSame(
    `rows after ${step}`,
    sorted((await readTables(step, types)).counts),
    sorted(source),
  );
  expectSame(
    `updates told by ${step}`,
    readUpdates(step).slice(readUpdates(before).length).sort(),
    [
      ["load_inventory_adjusted", "inventory_adjusted"],
      ["load_page_view", "page_view"],
      ["load_purchase", "purchase"],
    ].flatMap(([dag, table]) =>
      hours.map(() => `${dag ?? ""} load duckdb://play/tables/${table ?? ""}`),
    ),
  );
}
// Each load that was not skipped updates its Asset, or Dataset.
function readUpdates(step: string): string[] {
  return readRows(step, "events").map((columns) => columns.join(" "));
}
expectSame(
  "tables after the second backfill",
  (await readTables("again", types)).digests,
  (await readTables("backfill", types)).digests,
);
expectSame(
  "tasks of a skipped load",
  [...new Set(readTasks("again", "load_quiet_json", /./))],
  ["load skipped", "wait success"],
);

// With shards: the plan is named by its pod.
const shards = readPods("shards");
const plan = `${third}@${shards.find(({ argv }) => argv[1] === "plan")?.name ?? ""}`;
expectSame("pods of shards", listPods(shards), [
  `classify --plan ${plan} --shard 1/2 = 0`,
  `classify --plan ${plan} --shard 2/2 = 0`,
  `commit --plan ${plan} = 0`,
  load("page_view", third),
  `plan --hour ${third} --shards 2 --name ${plan.split("@")[1] ?? ""} = 0`,
]);
expectSame(
  "tables after the shards",
  (await readTables("shards", types)).digests,
  (await readTables("backfill", types)).digests,
);

// A failed shard fails its run at once; a plan that is not ready is tried again. Each run is told once.
const failingShards = readPods("failing-shards");
const damagedPlan = `2026-01-15T03@${failingShards.find(({ argv }) => argv[1] === "plan" && argv[3] === "2026-01-15T03")?.name ?? ""}`;
const dealing = (pod: Pod) => pod.argv[1] === "plan";
expectSame(
  "pods of failing shards",
  listPods(failingShards.filter((pod) => !dealing(pod))),
  [
    `classify --plan ${damagedPlan} --shard 1/2 = 3`,
    `classify --plan ${damagedPlan} --shard 2/2 = 0`,
  ],
);
expectSame(
  "exit codes of the plans",
  failingShards
    .filter(dealing)
    .map(({ argv, exit_code }) => `${argv[3] ?? ""} ${exit_code}`)
    .sort(),
  ["2026-01-15T03 0", "2026-01-15T04 4", "2026-01-15T04 4"],
);
expectSame(
  "tasks of a run whose shard failed",
  readTasks("failing-shards", "log_classification", /^damaged_shard$/),
  [
    "classify upstream_failed",
    "classify_shard[0] failed",
    "classify_shard[1] success",
    "plan success",
  ],
);
expectSame(
  "alerts of failing shards, without their tasks",
  readAlerts("failing-shards")
    .map((alert) => alert.replace(/ \S+ /, " "))
    .sort(),
  ["log_classification 2026-01-15T03", "log_classification 2026-01-15T04"],
);

// A fresh hour, the same as the second: on Airflow 3 its loads waited for the classifier that was filed after them.
const fresh = "2026-01-15T07";
expectSame(
  "pods of a fresh hour",
  listPods(readPods("fresh")),
  [classify(fresh), load("page_view", fresh), load("purchase", fresh)].sort(),
);
const freshRows = (await readTables("fresh", scheduledTypes)).counts;
for (const type of scheduledTypes)
  expectSame(
    `rows of ${type} of a fresh hour`,
    freshRows[`${type} ${fresh}`],
    source[`${type} ${second}`],
  );

// Waited for in the triggerer: the same pods, states and alerts.
expectSame("pods of deferred tasks", listPods(readPods("deferred")), [
  classify("2026-01-15T05"),
  "classify --hour 2026-01-15T06 = 3",
  load("purchase", third),
  load("purchase", "2026-01-15T05"),
  load("quiet.json", "2026-01-15T05"),
]);
for (const [dag, run, expected] of [
  ["log_classification", /^deferred$/, ["classify success"]],
  ["load_purchase", /^deferred$/, ["load success", "wait success"]],
  ["load_quiet_json", /^deferred$/, ["load skipped", "wait success"]],
  ["log_classification", /^failing$/, ["classify failed"]],
  ["load_purchase", /^failing$/, ["load upstream_failed", "wait failed"]],
  ["load_purchase", /^hour_deferred$/, ["load success", "wait success"]],
  [
    "load_page_view",
    /^neither_deferred$/,
    isAirflow2 ? [] : ["load upstream_failed", "wait failed"],
  ],
] as const)
  expectSame(
    `tasks of the deferred run ${dag} ${String(run)}`,
    readTasks("deferred", dag, run),
    expected,
  );
expectSame("alerts of deferred tasks", readAlerts("deferred"), [
  "log_classification classify 2026-01-15T06",
]);
expectSame("tasks that were deferred", readLogNames("deferred-tasks"), [
  "load_purchase deferred load",
  "load_purchase deferred wait",
  "load_purchase failing wait",
  // With an hour there is nothing to wait for.
  "load_purchase hour_deferred load",
  "load_quiet_json deferred load",
  "load_quiet_json deferred wait",
  "log_classification deferred classify",
  "log_classification failing classify",
]);

expectSame(
  "tasks that said that they had neither a date nor an hour",
  readLogNames("tasks-with-neither"),
  isAirflow2
    ? []
    : [
        "load_page_view neither_deferred wait",
        "load_purchase neither wait",
        "log_classification neither classify",
      ],
);

/** Of the logs that say so. */
function readLogNames(name: string): string[] {
  return readRows("deferred", name)
    .map(([path = ""]) =>
      path.replace(
        /^\.\/dag_id=(.*)\/run_id=(.*)\/task_id=([^/]*)\/.*$/,
        "$1 $2 $3",
      ),
    )
    .sort();
}

function sorted(counts: Record<string, number>): [string, number][] {
  return Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
}

const rows = Object.values(source).reduce((sum, count) => sum + count, 0);
const played = [
  "scheduled",
  "reconciled",
  "by-hand",
  "reload",
  "failing",
  "backfill",
  "again",
  "shards",
  "failing-shards",
  "fresh",
  "deferred",
];
const pods = played.flatMap((step) => readPods(step)).length;
console.log(
  `Airflow ${version}: ${pods} pods in ${played.length} steps, ${rows} rows of ${types.length} types; ${problems} problems`,
);
process.exitCode = problems === 0 ? 0 : 1;
