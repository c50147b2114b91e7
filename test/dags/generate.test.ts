import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { generate } from "../../jobs/generate.js";
import { findStaleDags } from "../../src/dags/generate.js";
import { DataRefusedError, UsageError } from "../../src/errors.js";
import {
  buildAirflow,
  buildCatalog,
  buildType,
  plainPod,
} from "./build-catalog.js";

async function readFolder(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(
        async (name) =>
          [name, await readFile(join(directory, name), "utf8")] as const,
      ),
    ),
  );
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail("was not refused"),
    (error: unknown) => error,
  );
}

describe("generate", () => {
  let outDir: string;
  const catalog = buildCatalog([
    buildType("b"),
    buildType("a", { load: "fast" }),
  ]);
  beforeEach(async () => {
    outDir = await mkdtemp(join(tmpdir(), "sluice-generate-"));
  });
  afterEach(() => rm(outDir, { recursive: true }));

  it("writes a DAG for the classifier, one a type, and the lock; a second run writes nothing", async () => {
    const first = await generate({ catalog, outDir, mode: "write" });
    expect(first.written).to.deep.equal([
      "load_a.py",
      "load_b.py",
      "log_classification.py",
      "log_reconcile.py",
      "log_reload.py",
      "log_report.py",
      "log_watch.py",
      "schedule.lock.json",
    ]);
    const files = await readFolder(outDir);
    expect(Object.keys(files)).to.deep.equal(first.written);
    const second = await generate({ catalog, outDir, mode: "write" });
    expect(second)
      .to.include({ diff: "" })
      .and.deep.include({ written: [], removed: [], unchanged: first.written });
    expect(await readFolder(outDir)).to.deep.equal(files);
  });

  it("gives the same bytes for 1,000 types in any order", async () => {
    const types = Array.from({ length: 1000 }, (_, index) =>
      buildType(`type_${index}`),
    );
    await generate({ catalog: buildCatalog(types), outDir, mode: "write" });
    const files = await readFolder(outDir);
    expect(Object.keys(files)).to.have.length(1006);
    await rm(join(outDir, "schedule.lock.json"));
    const { written } = await generate({
      catalog: buildCatalog(types.reverse()),
      outDir,
      mode: "write",
    });
    expect(written).to.deep.equal(["schedule.lock.json"]);
    expect(await readFolder(outDir)).to.deep.equal(files);
  });

  it("takes a table's name that is as long as it may be", async () => {
    const long = buildType("long", { table: "l".repeat(240) });
    const { written } = await generate({
      catalog: buildCatalog([long]),
      outDir,
      mode: "write",
    });
    expect(written).to.include(`load_${"l".repeat(240)}.py`);
    expect(await readdir(outDir)).to.deep.equal(written);
  });

  it("changes one DAG file, one line of the form and one of the lock for one more type", async () => {
    await generate({ catalog, outDir, mode: "write" });
    const types = [...catalog.types.values(), buildType("aa")];
    const more = { ...buildCatalog(types), hash: "sha256:1" };
    const { diff } = await generate({ catalog: more, outDir, mode: "diff" });
    expect(diff.match(/^\+\+\+ .*/gm)).to.deep.equal([
      "+++ b/load_aa.py",
      "+++ b/log_reload.py",
      "+++ b/schedule.lock.json",
    ]);
    expect(diff.match(/^\+  "aa": 32,$/gm)).to.have.length(1);
    expect(diff.match(/^\+    "aa": .*/gm)).to.have.length(1);
    expect(diff.match(/^-(?!--)/gm)).to.equal(null);
    expect(
      (await generate({ catalog: more, outDir, mode: "write" })).written,
    ).to.deep.equal(["load_aa.py", "log_reload.py", "schedule.lock.json"]);
  });

  it("writes pools.json for the pools of the catalog, removes it with the last of them, and leaves another's alone", async () => {
    const pooled = buildCatalog(
      [buildType("a", { pod: { ...plainPod, pool: "loads" } })],
      {
        airflow: buildAirflow({
          pools: new Map([
            ["loads", 16],
            ["shared", null],
          ]),
        }),
      },
    );
    await generate({ catalog: pooled, outDir, mode: "write" });
    const file = join(outDir, "pools.json");
    expect(JSON.parse(await readFile(file, "utf8"))).to.deep.equal({
      loads: {
        slots: 16,
        description: "sluice: load DAGs",
        include_deferred: true,
      },
    });
    const bare = buildCatalog([buildType("a")]);
    expect(
      (await generate({ catalog: bare, outDir, mode: "write" })).removed,
    ).to.deep.equal(["pools.json"]);
    const others = '{"theirs": {"slots": 1, "description": ""}}';
    await writeFile(file, others);
    await generate({ catalog: bare, outDir, mode: "write" });
    expect(await readFile(file, "utf8")).to.equal(others);
    const error = await rejection(
      generate({ catalog: pooled, outDir, mode: "write" }),
    );
    expect(error)
      .to.be.instanceOf(UsageError)
      .with.property("message")
      .that.includes("pools.json was not generated by sluice");
  });

  it("removes the DAG of a type that is gone, and no file that it did not write", async () => {
    await generate({ catalog, outDir, mode: "write" });
    await writeFile(join(outDir, "own.py"), "# by hand\n");
    await writeFile(join(outDir, "notes.txt"), "by hand\n");
    const fewer = buildCatalog([buildType("b")]);
    const { removed } = await generate({
      catalog: fewer,
      outDir,
      mode: "write",
    });
    expect(removed).to.deep.equal(["load_a.py"]);
    expect(await readdir(outDir)).to.include.members([
      "own.py",
      "notes.txt",
      "load_b.py",
    ]);
  });

  it("writes nothing at all where one of the files can't be written, and says why", async () => {
    const others = buildCatalog([buildType("a"), buildType("c")]);
    await generate({ catalog: others, outDir, mode: "write" });
    const before = await readFolder(outDir);
    // Where the third file is drafted, there is a folder.
    const blocked = join(outDir, `.2.${process.pid}.sluice-add.tmp`);
    await mkdir(blocked);
    const error = await rejection(generate({ catalog, outDir, mode: "write" }));
    expect(error)
      .to.be.instanceOf(UsageError)
      .with.property("message")
      .that.matches(
        /^\S+ can't be written to: a folder has the name of the file \S+; move it away \(EISDIR\)$/,
      );
    await rm(blocked, { recursive: true });
    expect(await readFolder(outDir)).to.deep.equal(before);
  });

  const places: [string, readonly string[], readonly string[], RegExp][] = [
    [
      "below a file",
      ["file", "dags"],
      ["file"],
      /dags can't be read: a part of its path is a file; .*\(ENOTDIR\)$/,
    ],
    [
      "that is a file",
      ["file"],
      ["file"],
      /file can't be read: a part of its path is a file; .*\(ENOTDIR\)$/,
    ],
    [
      "where a folder has a DAG's name",
      [],
      ["load_a.py", "x"],
      /load_a\.py can't be read: it is a folder; .*\(EISDIR\)$/,
    ],
  ];
  for (const [title, out, file, says] of places)
    it(`refuses a folder ${title}`, async () => {
      const path = join(outDir, ...file);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, "");
      const error = await rejection(
        generate({ catalog, outDir: join(outDir, ...out), mode: "write" }),
      );
      expect(error)
        .to.be.instanceOf(UsageError)
        .with.property("message")
        .that.match(says);
    });

  it("refuses to write over a file that it did not write", async () => {
    await writeFile(join(outDir, "load_a.py"), "# by hand\n");
    const error = await rejection(generate({ catalog, outDir, mode: "write" }));
    expect(error)
      .to.be.instanceOf(UsageError)
      .with.property("message")
      .that.includes("load_a.py was not generated");
    expect(await readFolder(outDir)).to.deep.equal({
      "load_a.py": "# by hand\n",
    });
  });

  it("checks: names every changed, missing and left over file, and mends none", async () => {
    await generate({ catalog, outDir, mode: "write" });
    await generate({ catalog, outDir, mode: "check" });
    expect(await findStaleDags(catalog, outDir)).to.deep.equal([]);
    const edited = (await readFile(join(outDir, "load_a.py"), "utf8")) + "\n";
    await writeFile(join(outDir, "load_a.py"), edited);
    await writeFile(join(outDir, "load_gone.py"), edited);
    await rm(join(outDir, "load_b.py"));
    const before = await readFolder(outDir);
    const error = await rejection(generate({ catalog, outDir, mode: "check" }));
    const messages = [
      `${join(outDir, "load_a.py")} differs from what the catalog gives: run sluice generate`,
      `${join(outDir, "load_b.py")} is missing: run sluice generate`,
      `${join(outDir, "load_gone.py")} belongs to nothing in the catalog: run sluice generate, which removes it`,
    ];
    expect(error)
      .to.be.instanceOf(DataRefusedError)
      .with.property("message", messages.join("\n"));
    expect(await findStaleDags(catalog, outDir)).to.deep.equal(messages);
    expect(await readFolder(outDir)).to.deep.equal(before);
  });

  it("deals anew only when told to", async () => {
    await generate({
      catalog: buildCatalog([buildType("a"), buildType("b")]),
      outDir,
      mode: "write",
    });
    const onlyB = buildCatalog([buildType("b")]);
    await generate({ catalog: onlyB, outDir, mode: "write" });
    expect(
      await readFile(join(outDir, "schedule.lock.json"), "utf8"),
    ).to.include('"b": 32');
    await generate({ catalog: onlyB, outDir, mode: "write", rebalance: true });
    expect(
      await readFile(join(outDir, "schedule.lock.json"), "utf8"),
    ).to.include('"b": 30');
  });

  it("says what is missing in a catalog without airflow, and check finds nothing stale there", async () => {
    const without = buildCatalog([], { airflow: null });
    const error = await rejection(
      generate({ catalog: without, outDir, mode: "write" }),
    );
    expect(error)
      .to.be.instanceOf(UsageError)
      .with.property("message")
      .that.includes("has no airflow section");
    expect(await findStaleDags(without, outDir)).to.deep.equal([]);
  });

  it("refuses a type whose runs would begin before the classifier's, and a table that names no file", async () => {
    const early = buildCatalog([
      buildType("a", { startDate: "2025-12-31T23:00:00Z" }),
    ]);
    const path = buildCatalog([buildType("a", { table: "../../a" })]);
    expect(await rejection(generate({ catalog: early, outDir, mode: "write" })))
      .to.be.instanceOf(UsageError)
      .with.property("message")
      .that.includes(
        "load_a: its run of 2025-12-31T23:30:00.000Z waits for 2025-12-31T23:05:00.000Z",
      );
    expect(await rejection(generate({ catalog: path, outDir, mode: "write" })))
      .to.be.instanceOf(UsageError)
      .with.property("message")
      .that.includes('"../../a" can\'t name a DAG file');
    expect(await readdir(outDir)).to.deep.equal([]);
  });

  it("starts every DAG at a whole hour, so that no load run comes before the classifier's first", async () => {
    const start = "2026-03-01T10:20:00Z";
    const late = buildCatalog([buildType("a", { startDate: start })], {
      airflow: buildAirflow({ startDate: start }),
    });
    await generate({ catalog: late, outDir, mode: "write" });
    for (const name of ["load_a.py", "log_classification.py"])
      expect(await readFile(join(outDir, name), "utf8")).to.include(
        "start_date=datetime(2026, 3, 1, 11, 0, 0,",
      );
  });
});
