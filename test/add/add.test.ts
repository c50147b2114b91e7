import {
  readdirSync,
  readFileSync,
  rmSync,
  mkdtempSync,
  writeFileSync,
  mkdirSync,
} from "node:fs";
import { rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { add, type AddOptions } from "../../jobs/add.js";
import { check } from "../../jobs/check.js";
import { generate } from "../../jobs/generate.js";
import { FileObjectStore } from "../../src/adapters/file-object-store.js";
import { readCatalog } from "../../src/catalog/read-catalog.js";
import { manifestKey } from "../../src/classify/manifest.js";
import { readManifest } from "../../src/classify/read-manifest.js";
import { rejection } from "./rejection.js";
import { hour, stageHour } from "../load/stage-hour.js";

const catalogText = `source: file:source
stage: file:stage
warehouse: duckdb:w.duckdb
type_key: kind # what a line is
airflow: {image: registry.example/sluice:1, namespace: data, start_date: 2026-01-01T00:00:00Z}
types:
  # the first
  old: {}
`;
const oldSchema = `[{"name":"kind","type":"STRING"}]\n`;
const rows = [
  '{"kind":"new","n":1}',
  '{"kind":"other","n":"x"}',
  '{"kind":"new","n":2.5,"at":"2026-11-21T03:04:05Z"}',
];

describe("adding a log type", () => {
  let directory: string;
  let file: string;
  let stage: FileObjectStore;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "sluice-add-test-"));
    file = join(directory, "catalog.yaml");
    stage = new FileObjectStore(join(directory, "stage"));
    await layOut();
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  /** A catalog of one type, its schema file and its DAGs. */
  async function layOut(): Promise<void> {
    mkdirSync(join(directory, "schemas/tables"), { recursive: true });
    writeFileSync(file, catalogText);
    writeFileSync(join(directory, "schemas/tables/old.json"), oldSchema);
    await generate({ catalog: await readCatalog(file), mode: "write" });
  }

  function run(
    changes: Partial<AddOptions> = {},
    renameFile: (from: string, to: string) => Promise<void> = rename,
    lines: readonly string[] = rows,
  ) {
    return add(
      {
        catalogFile: file,
        overrides: {},
        type: "new",
        hour: null,
        quoted: "string",
        times: "infer",
        required: false,
        entry: { owner: "web" },
        ...changes,
      },
      {
        samples: [
          {
            name: "rows.ndjson",
            open: () => Promise.resolve(toBody(lines.join("\n"))),
          },
        ],
        openStage: () => Promise.resolve(stage),
        clock: () => new Date("2026-11-21T07:59:59Z"),
        renameFile,
      },
    );
  }

  async function* toBody(text: string): AsyncGenerator<Uint8Array> {
    // Cut inside of lines, and of characters.
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 7)
      yield await Promise.resolve(bytes.subarray(at, at + 7));
  }

  function readAll(): Record<string, string> {
    const names = readdirSync(directory, { recursive: true, encoding: "utf8" });
    return Object.fromEntries(
      names
        .filter((name) => /\.(?:json|yaml|py|tmp)$/.test(name))
        .sort()
        .map((name) => [name, readFileSync(join(directory, name), "utf8")]),
    );
  }

  it("writes schema, entry, minute and DAG, after which the check finds nothing", async () => {
    const result = await run();
    expect(result).to.deep.include({
      type: "new",
      table: "new",
      rows: 2,
      stale_dags: 0,
    });
    expect(result.minute).to.be.within(30, 59);
    expect(readFileSync(file, "utf8")).to.equal(
      `${catalogText}  new:\n    start_date: 2026-11-21T07:00:00Z\n    owner: web\n`,
    );
    const schema = JSON.parse(
      readFileSync(join(directory, "schemas/tables/new.json"), "utf8"),
    ) as { name: string; type: string }[];
    expect(schema.map(({ name, type }) => [name, type])).to.deep.equal([
      ["kind", "STRING"],
      ["n", "FLOAT"],
      ["at", "TIMESTAMP"],
    ]);
    const checked = await check({ catalogFile: file, overrides: {} });
    expect(checked.problems).to.deep.equal([]);
    expect(checked.dag_problems).to.deep.equal([]);
    const lock = JSON.parse(
      readFileSync(
        join(directory, "generated-dags/schedule.lock.json"),
        "utf8",
      ),
    ) as Record<string, unknown>;
    expect(lock["new"]).to.equal(result.minute);
  });

  it("writes no DAG where the catalog has no airflow", async () => {
    writeFileSync(file, catalogText.replace(/^airflow.*\n/m, ""));
    const { minute, written } = await run({ entry: {} });
    expect(minute).to.equal(null);
    expect(
      written.map((each) => each.slice(directory.length + 1)),
    ).to.deep.equal(["schemas/tables/new.json", "catalog.yaml"]);
    expect(readFileSync(file, "utf8")).to.match(/\n {2}new: {}\n$/);
  });

  it("leaves each file old or new, and no other, wherever it fails; a rerun finishes", async () => {
    const before = readAll();
    const { written } = await run();
    const after = readAll();
    expect(written.length).to.be.greaterThan(3);
    for (let failing = 1; failing <= written.length; failing += 1) {
      rmSync(directory, { recursive: true });
      await layOut();
      let renames = 0;
      const error = await rejection(
        run({}, async (from, to) => {
          renames += 1;
          if (renames === failing)
            throw Object.assign(new Error("EIO: no"), {
              code: "EIO",
              syscall: "rename",
            });
          await rename(from, to);
        }),
      );
      expect(error.message).to.include("run the same command again to finish");
      const left = readAll();
      for (const [name, text] of Object.entries(left))
        expect([before[name], after[name]], name).to.include(text);
      await run();
      expect(readAll()).to.deep.equal(after);
    }
  });

  it("clears what a killed run has left, and nothing else", async () => {
    const tables = join(directory, "schemas/tables");
    const gone = join(tables, ".x.json.999999999.sluice-add.tmp");
    const live = join(tables, `.y.json.${process.pid}.sluice-add.tmp`);
    writeFileSync(gone, "");
    writeFileSync(live, "");
    await run();
    expect(readdirSync(tables)).to.include(live.slice(tables.length + 1));
    expect(readdirSync(tables)).not.to.include(gone.slice(tables.length + 1));
  });

  it("writes nothing where the catalog would not be sound, and names the files that are meant", async () => {
    const before = readAll();
    const error = await rejection(run({}, rename, ['{"n":1}']));
    expect(error.message)
      .to.include(`${file}:9:3 types.new`)
      .and.include("type_key");
    expect(readAll()).to.deep.equal(before);
  });

  it("writes nothing where the catalog changed meanwhile", async () => {
    const changed = `${catalogText}  mine: {}\n`;
    const before = readAll();
    const samples = [
      {
        name: "rows",
        async open() {
          writeFileSync(file, changed);
          return Promise.resolve(toBody(rows.join("\n")));
        },
      },
    ];
    const error = await rejection(
      add(
        {
          catalogFile: file,
          overrides: {},
          type: "new",
          hour: null,
          quoted: "string",
          times: "infer",
          required: false,
          entry: {},
        },
        {
          samples,
          openStage: () => Promise.resolve(stage),
          clock: () => new Date(),
        },
      ),
    );
    expect(error.message).to.include("changed meanwhile");
    expect(readAll()).to.deep.equal({ ...before, "catalog.yaml": changed });
  });

  it("leaves generated files as they are that are out of date without it, and writes all that name it", async () => {
    await run({ type: "new" });
    const stale = join(directory, "generated-dags/load_old.py");
    const text = `${readFileSync(stale, "utf8")}# changed\n`;
    writeFileSync(stale, text);
    const result = await run({ type: "other" });
    expect(result.stale_dags).to.equal(1);
    expect(readFileSync(stale, "utf8")).to.equal(text);
    const { dag_problems: problems } = await check({
      catalogFile: file,
      overrides: {},
    });
    expect(problems).to.have.length(1);
    expect(problems[0]).to.include("load_old.py differs");
  });

  it("writes every generated file where none were generated before", async () => {
    rmSync(join(directory, "generated-dags"), { recursive: true });
    const { written, stale_dags: stale } = await run();
    expect(stale).to.equal(0);
    expect(written).to.include(join(directory, "generated-dags/load_old.py"));
    const { dag_problems: problems } = await check({
      catalogFile: file,
      overrides: {},
    });
    expect(problems).to.deep.equal([]);
  });

  it("does nothing where all is there", async () => {
    await run();
    const before = readAll();
    const { written, rows: looked } = await run();
    expect([written, looked]).to.deep.equal([[], 0]);
    expect(readAll()).to.deep.equal(before);
  });

  async function stageUnknown(): Promise<void> {
    await stageHour(stage, 1, [
      { name: "old", files: [['{"kind":"old"}']] },
      { name: "removed", files: [["{}", "{}", "{}"]] },
      { name: "new", files: [[rows[0] ?? "", rows[2] ?? ""]], gzip: true },
    ]);
    const read = await readManifest(stage, hour);
    const types = read?.manifest.types;
    const manifest = {
      ...read?.manifest,
      types: { ...types, new: { ...types?.["new"], catalogued: false } },
    };
    await stage.put(manifestKey(hour), Buffer.from(JSON.stringify(manifest)));
  }

  it("takes an hour's rows from the stage, and starts with that hour", async () => {
    await stageUnknown();
    const { rows: looked } = await run({ hour }, rename, []);
    expect(looked).to.equal(2);
    expect(readFileSync(file, "utf8")).to.include(`start_date: ${hour}:00:00Z`);
  });

  it("offers what was seen, by name, where the type is missing or misspelt", async () => {
    await stageUnknown();
    const offer =
      "hold these that the catalog lacks: new (2 rows, last in 2026-11-21T03)";
    const missing = await rejection(run({ type: null }));
    expect(missing.message).to.include(
      `add needs the TYPE; the last classified hours ${offer}`,
    );
    const misspelt = await rejection(run({ type: "neww", hour }));
    expect(misspelt.message)
      .to.include('no lines of type "neww" (did you mean new?)')
      .and.include(offer);
    const absent = await rejection(run({ type: "nevv" }));
    expect(absent.message)
      .to.include('"nevv" at kind')
      .and.include("of the types new, other");
  });

  it("refuses a name that is no folder", async () => {
    const error = await rejection(run({ type: "../x" }));
    expect(error.message).to.include('"../x" is no name of a log type');
  });
});
