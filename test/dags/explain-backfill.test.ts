import { expect } from "chai";
import { backfill } from "../../jobs/backfill.js";
import { explain } from "../../jobs/explain.js";
import { shellWords } from "../../src/shell-words.js";
import { proveSchedules } from "../../src/dags/prove-schedules.js";
import { UsageError } from "../../src/errors.js";
import { parseFolderHour } from "../../src/folder-hour.js";
import { buildCatalog, buildType } from "./build-catalog.js";

const catalog = buildCatalog([
  buildType("search"),
  buildType("purchase", { load: "fast" }),
]);
const now = new Date("2026-11-21T05:20:00Z");
const hour = parseFolderHour;

async function message(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((caught: unknown) => caught);
  expect(error).to.be.instanceOf(UsageError);
  return error instanceof Error ? error.message : "";
}

describe("explain", () => {
  it("says which hour a load run handles, when it starts, and what it waits for", async () => {
    const run = await explain({
      catalog,
      dag: "load_search",
      at: "2026-11-21T03:30Z",
      now,
    });
    expect(run).to.deep.include({
      folderHour: "2026-11-21T03",
      logicalDate: new Date("2026-11-21T03:30:00Z"),
      startsAt: new Date("2026-11-21T04:30:00Z"),
      settledAt: new Date("2026-11-21T04:05:00Z"),
      waitsFor: {
        dagId: "log_classification",
        taskId: "classify",
        logicalDate: new Date("2026-11-21T03:05:00Z"),
        startsAt: new Date("2026-11-21T04:05:00Z"),
        offsetMinutes: 25,
      },
    });
  });

  for (const at of [
    "2026-11-21T03",
    "2026-11-21T03:59:59Z",
    "2026-11-21T12:10+09:00",
    "2026-11-21T03:00",
  ])
    it(`floors --at ${at} to its UTC hour`, async () => {
      expect(
        (await explain({ catalog, dag: "search", at, now })).folderHour,
      ).to.equal("2026-11-21T03");
    });

  it("takes the newest run that has started where no time is given", async () => {
    const hours = await Promise.all(
      ["log_classification", "load_purchase", "load_search"].map(
        async (dag) => (await explain({ catalog, dag, now })).folderHour,
      ),
    );
    expect(hours).to.deep.equal([
      "2026-11-21T04",
      "2026-11-21T04",
      "2026-11-21T03",
    ]);
  });

  it("says that no run is scheduled before the start date, and that a classifier may start before the hour is settled", async () => {
    const early = await explain({
      catalog,
      dag: "load_search",
      at: "2025-12-31T23",
      now,
    });
    expect(early.scheduled).to.equal(false);
    expect(early.lines.join("\n")).to.include("There is no such run of itself");
    const unsettled = await explain({
      catalog: { ...catalog, settleMinutes: 10 },
      dag: "log_classification",
      now,
    });
    expect(unsettled.lines.join("\n")).to.include(
      "airflow.classify.minute should be 10 or more",
    );
  });

  it("refuses an unknown DAG and a time that is none", async () => {
    expect(
      await message(explain({ catalog, dag: "load_serch", now })),
    ).to.include("did you mean load_search?");
    expect(
      await message(explain({ catalog, dag: "log_reload", now })),
    ).to.include("has no hour of its own");
    for (const at of ["yesterday", "2026-13-01T00", "2026-11-21"])
      expect(
        await message(explain({ catalog, dag: "load_search", at, now })),
      ).to.include("is not a time");
  });
});

describe("backfill", () => {
  it("prints the classifier first, and logical dates that are those of the first and the last run", async () => {
    const plan = await backfill({
      catalog,
      from: hour("2026-11-20T23"),
      to: hour("2026-11-21T01"),
      types: ["search"],
    });
    expect(plan).to.include({ hours: 3, runs: 6 });
    expect(plan.steps.map(({ airflow2 }) => airflow2)).to.deep.equal([
      "airflow dags backfill --reset-dagruns --yes -s 2026-11-20T23:05:00+00:00 -e 2026-11-21T01:05:00+00:00 log_classification",
      "airflow dags backfill --reset-dagruns --yes -s 2026-11-20T23:30:00+00:00 -e 2026-11-21T01:30:00+00:00 load_search",
    ]);
    expect(plan.steps.map(({ airflow3 }) => airflow3)[1]).to.equal(
      "airflow backfill create --dag-id load_search --from-date 2026-11-20T23:30:00+00:00 --to-date 2026-11-21T01:30:00+00:00 --reprocess-behavior completed --dag-run-conf '{}' --max-active-runs 1",
    );
  });

  it("names the traps beside the commands that they are about", async () => {
    const { lines } = await backfill({
      catalog,
      from: hour("2026-11-21T03"),
      to: hour("2026-11-21T03"),
      types: ["search"],
    });
    const [range = "", byHand = ""] = lines;
    expect(range).to.include("1 hour, 2 runs of 2 DAGs, 1 load jobs");
    expect(byHand).to.include("Runs by hand at these logical dates");
    const commands = lines.map((line) => line.split(" -")[0]);
    const airflow3 = commands.findIndex((line) =>
      line?.startsWith("# Airflow 3"),
    );
    expect(
      commands.slice(airflow3).filter((line) => line !== ""),
    ).to.deep.equal([
      "# Airflow 3: each command only files its runs, and the scheduler works them off.",
      "# The runs of a paused DAG wait: unpause it. Then its scheduled runs start as well.",
      "airflow dags unpause log_classification",
      "airflow dags unpause load_search",
      "# A DAG has one backfill at a time: until it has ended, create refuses the next.",
      "airflow backfill create",
      "# Wait until these have ended: the sensors of the loads take a classification of before for this one.",
      "airflow backfill create",
    ]);
  });

  it("takes every type where none is named, and each once", async () => {
    const range = {
      catalog,
      from: hour("2026-11-21T03"),
      to: hour("2026-11-21T03"),
    };
    const ids = async (types?: string[]) =>
      (
        await backfill(types === undefined ? range : { ...range, types })
      ).steps.map(({ dagId }) => dagId);
    expect(await ids()).to.deep.equal([
      "log_classification",
      "load_purchase",
      "load_search",
    ]);
    expect(await ids(["search", "search"])).to.deep.equal([
      "log_classification",
      "load_search",
    ]);
  });

  it("refuses an unknown type, hours before the start date, and a range that ends before it begins", async () => {
    const from = hour("2026-11-21T03");
    expect(
      await message(backfill({ catalog, from, to: from, types: ["serch"] })),
    ).to.include("did you mean search?");
    expect(
      await message(
        backfill({ catalog, from: hour("2025-12-31T23"), to: from }),
      ),
    ).to.include("before its start_date");
    expect(
      await message(backfill({ catalog, from, to: hour("2026-11-21T02") })),
    ).to.include("is before");
  });

  it("quotes what a shell would read otherwise", () => {
    expect(shellWords(["a", "it's", "$(id)", ""])).to.equal(
      "a 'it'\\''s' '$(id)' ''",
    );
  });
});

describe("the proof of the schedules", () => {
  const startDate = new Date("2026-01-01T00:00:00Z");
  const classifier = {
    dagId: "log_classification",
    type: null,
    minute: 5,
    maxActiveRuns: 4,
    startDate,
  };
  const load = {
    dagId: "load_a",
    type: "a",
    minute: 30,
    maxActiveRuns: 1,
    startDate,
  };

  it("finds nothing where every load has its classifier run", () => {
    expect(proveSchedules({ classifier, loads: [load] })).to.deep.equal([]);
  });

  const faults: [string, Partial<typeof load>, string][] = [
    [
      "begins before the classifier",
      { startDate: new Date("2025-12-31T00:00:00Z") },
      "is before the classifier's first run",
    ],
    [
      "begins between the classifier's run and its own",
      { minute: 3 },
      "does not start before the load",
    ],
    [
      "is as early as the classifier",
      { minute: 5 },
      "does not start before the load",
    ],
  ];
  for (const [name, change, fault] of faults)
    it(`finds a load that ${name}`, () => {
      const [problem] = proveSchedules({
        classifier,
        loads: [{ ...load, ...change }],
      });
      expect(problem).to.include(fault);
    });
});
