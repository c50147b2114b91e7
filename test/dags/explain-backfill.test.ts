import { expect } from "chai";
import { backfill } from "../../jobs/backfill.js";
import { explain } from "../../jobs/explain.js";
import { shellWords } from "../../src/shell-words.js";
import { findDagWarnings } from "../../src/dags/find-dag-warnings.js";
import { proveSchedules } from "../../src/dags/prove-schedules.js";
import { UsageError } from "../../src/errors.js";
import { hoursBetween, parseFolderHour } from "../../src/folder-hour.js";
import { chooseHours } from "../../src/reconcile/choose-hours.js";
import {
  buildAirflow,
  buildCatalog,
  buildType,
  plainPod,
} from "./build-catalog.js";

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

  it("says which hour log_watch watches: the one before its logical date's", async () => {
    const run = await explain({
      catalog,
      dag: "log_watch",
      at: "2026-11-21T08:45+05:30",
      now,
    });
    expect(run).to.deep.include({
      folderHour: "2026-11-21T02",
      logicalDate: new Date("2026-11-21T03:15:00Z"),
      startsAt: new Date("2026-11-21T04:15:00Z"),
      scheduled: true,
      waitsFor: null,
    });
    expect(run.lines[1]).to.equal(
      "Its run of logical date 2026-11-21T03:15Z watches folder hour 2026-11-21T02: the hour before that of the logical date, whose loads have all been started by then.",
    );
    expect(
      (await explain({ catalog, dag: "log_watch", now })).folderHour,
    ).to.equal("2026-11-21T03");
  });

  it("says which hours log_reconcile looks at, as reconcile --last counts them when the run starts", async () => {
    const run = await explain({
      catalog,
      dag: "log_reconcile",
      at: "2026-11-21T12:20+09:00",
      now,
    });
    expect(run).to.deep.include({
      folderHour: null,
      logicalDate: new Date("2026-11-21T03:20:00Z"),
      startsAt: new Date("2026-11-21T04:20:00Z"),
      scheduled: true,
    });
    const asked = { last: "48h", from: undefined, to: undefined };
    const looked = chooseHours(asked, run.startsAt);
    expect([run.from, run.to]).to.deep.equal([looked[0], looked.at(-1)]);
    expect(run.lines[1]).to.include(
      "looks at 48 folder hours, 2026-11-19T03 to 2026-11-21T02",
    );
    expect(run.lines.join("\n")).to.not.include("have not settled");
    const slow = { ...catalog, settleMinutes: 100 };
    expect(
      (await explain({ catalog: slow, dag: "log_reconcile", now })).lines.join(
        "\n",
      ),
    ).to.include("the last one settles at 2026-11-21T05:40Z");
  });

  const reports: [string, string, number, string, string, string][] = [
    [
      "Asia/Seoul",
      "2026-11-20T23:00Z",
      24,
      "2026-11-20T23:00",
      "2026-11-21T23:00",
      "2026-11-21",
    ],
    [
      "Asia/Seoul",
      "2026-11-21T00:30+09:00",
      24,
      "2026-11-20T23:00",
      "2026-11-21T23:00",
      "2026-11-21",
    ],
    [
      "America/New_York",
      "2026-03-08T12:00Z",
      23,
      "2026-03-08T12:00",
      "2026-03-09T12:00",
      "2026-03-08",
    ],
    [
      "America/New_York",
      "2026-03-07T13:00Z",
      24,
      "2026-03-07T13:00",
      "2026-03-08T12:00",
      "2026-03-07",
    ],
    [
      "America/New_York",
      "2026-11-01T08:00-05:00",
      25,
      "2026-11-01T13:00",
      "2026-11-02T13:00",
      "2026-11-01",
    ],
  ];
  for (const [timezone, at, hours, logical, starts, day] of reports)
    it(`says that log_report reports ${day} in ${timezone} for --at ${at}`, async () => {
      const run = await explain({
        catalog: { ...catalog, timezone },
        dag: "log_report",
        at,
        now,
      });
      expect(run).to.deep.include({
        day,
        folderHour: null,
        logicalDate: new Date(`${logical}:00Z`),
        startsAt: new Date(`${starts}:00Z`),
      });
      expect(hoursBetween(run.from, run.to)).to.have.length(hours);
      expect(run.lines[1]).to.include(`reports ${day}`);
      expect(run.lines[1]?.includes("clocks change")).to.equal(hours !== 24);
    });

  it("takes log_report's newest run that has started where no time is given", async () => {
    const days = async (at: string) =>
      (
        await explain({
          catalog: { ...catalog, timezone: "Asia/Seoul" },
          dag: "log_report",
          now: new Date(at),
        })
      ).day;
    expect(await days("2026-11-20T22:59:59Z")).to.equal("2026-11-19");
    expect(await days("2026-11-20T23:00:00Z")).to.equal("2026-11-20");
    expect(await days("2026-11-21T16:00:00Z")).to.equal("2026-11-20");
  });

  it("says that log_watch, log_reconcile and log_report have no such run before their own start", async () => {
    const scheduled = async (dag: string, at: string) =>
      (await explain({ catalog, dag, at, now })).scheduled;
    const firsts: [string, string, string][] = [
      ["log_watch", "2026-01-01T00", "2026-01-01T01"],
      ["log_reconcile", "2026-01-02T23", "2026-01-03T00"],
      ["log_report", "2025-12-31T12", "2026-01-01T12"],
    ];
    for (const [dag, before, first] of firsts)
      expect(
        [await scheduled(dag, before), await scheduled(dag, first)],
        dag,
      ).to.deep.equal([false, true]);
  });

  it("refuses an unknown DAG and a time that is none", async () => {
    expect(
      await message(explain({ catalog, dag: "log_wacth", now })),
    ).to.include("did you mean log_watch?");
    expect(
      await message(explain({ catalog, dag: "load_serch", now })),
    ).to.include("did you mean load_search?");
    expect(
      await message(explain({ catalog, dag: "log_reload", now })),
    ).to.include("has no hour of its own");
    expect(await message(explain({ catalog, dag: "nightly", now }))).to.equal(
      'there is no DAG "nightly": expected log_classification, load_ and a table\'s name, log_reconcile, log_watch or log_report',
    );
    for (const at of [
      "yesterday",
      "2026-13-01T00",
      "2026-11-21",
      "2026-02-30T03",
      "2026-02-29T03:37+09:00",
      "2026-11-20T24:00Z",
      "2026-11-21T03:60",
    ])
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
      now,
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
      now,
      types: ["search"],
    });
    const [range = "", byHand = ""] = lines;
    expect(range).to.include("1 hour, 2 runs of 2 DAGs, 1 load jobs");
    expect(byHand).to.include("Runs by hand at these logical dates");
    const commands = lines.map((line) => line.split(" -")[0]);
    const airflow2 = commands.findIndex((line) =>
      line?.startsWith("airflow dags"),
    );
    expect(commands.slice(airflow2, airflow2 + 7)).to.deep.equal([
      "airflow dags pause log_classification",
      "airflow dags backfill",
      "airflow dags unpause log_classification",
      "airflow dags pause load_search",
      "airflow dags backfill",
      "airflow dags unpause load_search",
      "",
    ]);
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
      now,
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

  it("says what becomes of the other types where some are named, and only then", async () => {
    const range = {
      catalog,
      from: hour("2026-11-21T02"),
      to: hour("2026-11-21T03"),
      now,
    };
    const behind = async (types?: string[]) =>
      (
        await backfill(types === undefined ? range : { ...range, types })
      ).lines.filter((line) => line.includes("one classification behind"));
    expect(await behind(["search"])).to.deep.equal([
      "# Other types of these hours are one classification behind then: log_reconcile loads those of the last 48 hours again, sluice reconcile --from 2026-11-21T02 --to 2026-11-21T03 --run all of them. Leave --types out to do them now.",
    ]);
    expect(await behind()).to.deep.equal([]);
  });

  it("refuses an unknown type, hours before the start date, and a range that ends before it begins", async () => {
    const from = hour("2026-11-21T03");
    expect(
      await message(
        backfill({ catalog, from, to: from, types: ["serch"], now }),
      ),
    ).to.include("did you mean search?");
    expect(
      await message(
        backfill({ catalog, from, to: from, types: ["orders"], now }),
      ),
    ).to.match(
      /^"orders" is not a log type of .*: expected one of [a-z_, ]*\bsearch\b/u,
    );
    expect(
      await message(
        backfill({ catalog, from: hour("2025-12-31T23"), to: from, now }),
      ),
    ).to.include("before its start_date");
    expect(
      await message(
        backfill({ catalog, from, to: hour("2026-11-21T02"), now }),
      ),
    ).to.include("is before");
  });

  it("refuses hours that may not be classified yet, and names the last one that may", async () => {
    const to = (last: string, settleMinutes: number, at: string) =>
      backfill({
        catalog: { ...catalog, settleMinutes },
        from: hour("2026-11-21T01"),
        to: hour(last),
        now: new Date(at),
      });
    const early: [string, number, string, string][] = [
      ["2026-11-21T04", 5, "2026-11-21T05:04:59Z", "2026-11-21T03"],
      ["2026-11-21T05", 5, "2026-11-21T05:20:00Z", "2026-11-21T04"],
      ["2027-01-01T00", 5, "2026-11-21T05:20:00Z", "2026-11-21T04"],
      ["2026-11-21T04", 90, "2026-11-21T06:29:59Z", "2026-11-21T03"],
    ];
    for (const [last, settle, at, settled] of early)
      expect(await message(to(last, settle, at))).to.include(
        `--to ${last} can't be classified yet: the last hour that has ended, and has been settled for ${settle} minutes, is ${settled};`,
      );
    const plans = await Promise.all([
      to("2026-11-21T04", 5, "2026-11-21T05:05:00Z"),
      to("2026-11-21T04", 90, "2026-11-21T06:30:00Z"),
    ]);
    expect(plans.map(({ hours }) => hours)).to.deep.equal([4, 4]);
  });

  describe("of a range that begins before a type's start_date", () => {
    const withNew = buildCatalog([
      buildType("search"),
      buildType("fresh", { startDate: "2026-11-21T01:30:00Z" }),
      buildType("later", { startDate: "2026-11-21T04:00:00Z" }),
    ]);
    const range = {
      catalog: withNew,
      from: hour("2026-11-21T00"),
      to: hour("2026-11-21T03"),
      now,
    };

    it("begins the type's DAG at its first hour, leaves out one that has none, and says so", async () => {
      const plan = await backfill(range);
      expect(
        plan.steps.map(({ dagId, runs, airflow3 }) => [
          dagId,
          runs,
          /--from-date (\S{13})/.exec(airflow3)?.[1],
        ]),
      ).to.deep.equal([
        ["log_classification", 4, "2026-11-21T00"],
        ["load_fresh", 2, "2026-11-21T02"],
        ["load_search", 4, "2026-11-21T00"],
      ]);
      expect(plan).to.include({ hours: 4, runs: 10 });
      expect(plan.notes).to.deep.equal([
        "load_fresh begins at 2026-11-21T02: its start_date is 2026-11-21T02:00:00.000Z.",
        "load_later is left out: its start_date is 2026-11-21T04:00:00.000Z.",
      ]);
      expect(plan.lines[0]).to.include("10 runs of 3 DAGs, 6 load jobs");
      for (const note of plan.notes) expect(plan.lines).to.include(`# ${note}`);
      expect(
        plan.lines.filter(
          (line) => !line.startsWith("#") && line.includes("load_later"),
        ),
      ).to.deep.equal([]);
    });

    it("takes the type's last hour alone where that is its first", async () => {
      const plan = await backfill({ ...range, to: hour("2026-11-21T04") });
      expect(
        plan.steps.find(({ dagId }) => dagId === "load_later")?.runs,
      ).to.equal(1);
    });

    it("is refused where the type is named", async () => {
      expect(
        await message(backfill({ ...range, types: ["search", "fresh"] })),
      ).to.equal(
        "load_fresh has no runs before its start_date 2026-11-21T02:00:00.000Z, and --from is 2026-11-21T00",
      );
    });
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

describe("what check warns of", () => {
  const without = (catchup: boolean) =>
    buildCatalog(
      [buildType("search"), buildType("purchase", { load: "fast" })],
      { airflow: buildAirflow({ catchup }) },
    );
  const reporting = (at: string, timezone: string) => {
    const [hours = 0, minute = 0] = at.split(":").map(Number);
    return buildCatalog([buildType("search")], {
      timezone,
      airflow: buildAirflow({ report: { ...plainPod, hour: hours, minute } }),
    });
  };

  it("is that without catchup the first run of a load may wait in vain, and until when of an hour", async () => {
    expect(await findDagWarnings(without(true))).to.deep.equal([]);
    const [warning, ...others] = await findDagWarnings(without(false));
    expect(others).to.deep.equal([]);
    expect(warning).to.include("catalog.yaml airflow.catchup: false");
    expect(warning).to.include("from :05 to :29 of an hour");
    expect(warning).to.include(
      "the first run of load_purchase and 1 more may be",
    );
    expect(warning).to.include("gives up after sensor_timeout_seconds, 3600");
    expect(warning).to.include("log_reconcile classifies and loads that hour");
  });

  const early: [string, string, string | null][] = [
    [
      "00:05",
      "Asia/Seoul",
      "30 minutes after midnight there; expected a time that leaves it time, such as 01:00",
    ],
    ["00:30", "Asia/Seoul", "is started 30 minutes after midnight"],
    ["00:31", "Asia/Seoul", null],
    ["00:31", "Asia/Kolkata", "is started 60 minutes after midnight"],
    ["01:01", "Asia/Kolkata", null],
    ["08:00", "UTC", null],
  ];
  for (const [at, timezone, words] of early)
    it(`is ${words === null ? "nothing" : "a report that comes too early"} where report.at is ${at} in ${timezone}`, async () => {
      const warnings = await findDagWarnings(reporting(at, timezone));
      if (words === null) expect(warnings).to.deep.equal([]);
      else {
        expect(warnings[0]).to.include(words);
        expect(warnings[0]).to.include(
          `catalog.yaml airflow.report.at: ${at} in ${timezone} is before`,
        );
      }
    });

  it("is a report in a night in which the clocks skip the hour that the last load has", async () => {
    const [warning] = await findDagWarnings(
      reporting("01:20", "America/Santiago"),
    );
    expect(warning).to.include("the last load of 2026-09-05 is started");
  });
});
