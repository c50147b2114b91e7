import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { repeatOptions } from "../../src/commands/repeat-options.js";
import { findPackageRoot } from "../../src/package-root.js";
import { shellWords } from "../../src/shell-words.js";

const root = findPackageRoot();
const main = join(root, "dist/src/main.js");
const hour = "2026-01-15T03";
const somePlan = `${hour}-5651bb556e827d17`;

interface Planned {
  readonly plan: string;
  readonly shards: number;
  readonly objects: number;
  readonly bytes: number;
  readonly shares: readonly {
    readonly shard: string;
    readonly objects: number;
    readonly bytes: number;
  }[];
}

describe("the command line for shards", function () {
  this.timeout(60_000);
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "sluice-cli-"));
    mkdirSync(join(directory, "source"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function sluice(...words: string[]) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [main, ...words],
      {
        cwd: root,
        encoding: "utf8",
        env: {
          PATH: process.env["PATH"],
          SLUICE_SOURCE: `file:${join(directory, "source")}`,
          SLUICE_STAGE: `file:${join(directory, "stage")}`,
          SLUICE_WAREHOUSE: `duckdb:${join(directory, "w.duckdb")}`,
          SLUICE_SPOOL: join(directory, "spool"),
        },
      },
    );
    return { status, stdout, stderr };
  }
  const done = (...words: string[]): string => {
    const { status, stdout, stderr } = sluice(...words);
    expect(status, stderr).to.equal(0);
    return stdout;
  };
  const writeSample = (): string =>
    done("sample", "--from", hour, "--rows", "400");

  const refusals: readonly (readonly [string, number, string])[] = [
    ["classify", 2, "Missing required argument: hour, or plan and shard"],
    [`classify --hour ${hour} --plan ${somePlan}`, 2, "found both"],
    [`classify --hour ${hour} --shard 1/3`, 2, "found both"],
    [`classify --plan ${somePlan}`, 2, "--plan needs --shard"],
    ["classify --shard 1/3", 2, "--shard needs --plan"],
    [`classify --plan ${somePlan} --shard 4/3`, 2, '--shard "4/3" is no shard'],
    ["classify --plan x --shard 1/3", 2, '--plan "x" is no plan id'],
    [
      `classify --plan ${somePlan} --shard 1/3`,
      4,
      `there is no plan ${somePlan}`,
    ],
    [`commit --plan ${somePlan}`, 4, `sluice plan --hour ${hour} --shards N`],
    ["commit", 2, "Missing required argument: plan"],
    ["plan --shards 2", 2, "Missing required argument: hour"],
    [`plan --hour ${hour}`, 2, "Missing required argument: shards"],
    ...["0", "1001", "abc", "1.5", "-1", "1e2"].map(
      (shards) =>
        [
          `plan --hour ${hour} --shards ${shards}`,
          2,
          `--shards "${shards}": expected a whole number from 1 to 1000`,
        ] as const,
    ),
    [`plan --hour ${hour} --shards 2`, 4, "no objects under 2026/01/15/03/"],
    ["plan --hour 2999-01-15T03 --shards 2", 4, "may be classified from"],
  ];
  for (const [words, status, says] of refusals) {
    it(`answers "${words}" with exit ${status} and one message`, () => {
      const result = sluice(...words.split(" "));
      expect(result.stderr).to.include(says);
      expect(result.stderr).to.not.match(/^ +at /m);
      expect(result.stdout).to.equal("");
      expect(result.status).to.equal(status);
    });
  }

  it("takes an hour from its plan through its shards to the tables, counted from 0 as Airflow does", () => {
    writeSample();
    const planned = JSON.parse(
      done("plan", "--hour", hour, "--shards", "3", "--json"),
    ) as Planned;
    expect(planned.shares.map(({ shard }) => shard)).to.deep.equal([
      "1/3",
      "2/3",
      "3/3",
    ]);
    const sum = (counts: number[]): number =>
      counts.reduce((total, count) => total + count, 0);
    expect(sum(planned.shares.map(({ objects }) => objects))).to.equal(
      planned.objects,
    );
    expect(sum(planned.shares.map(({ bytes }) => bytes))).to.equal(
      planned.bytes,
    );

    for (const index of [0, 1]) {
      const shard = JSON.parse(
        done(
          ...["classify", "--plan", planned.plan],
          ...["--shard", `${index}/3`, "--json"],
        ),
      ) as { shard: string; outcome: string };
      expect([shard.shard, shard.outcome]).to.deep.equal([
        `${index || 3}/3`,
        "staged",
      ]);
    }
    const early = sluice("commit", "--plan", planned.plan);
    expect(early.status).to.equal(4);
    expect(early.stderr).to.include("misses 1 of 3 shards: 2/3");

    const states = (): string =>
      done("status", "--from", hour, "--to", hour, "--json");
    expect(states()).to.not.match(/"state":"staged"|_plans/);
    expect(
      sluice("load", "--type", "purchase", "--hour", hour).status,
    ).to.equal(4);

    done("classify", "--plan", planned.plan, "--shard", "2/3");
    const committed = JSON.parse(
      done("commit", "--plan", planned.plan, "--json"),
    ) as { seq: number; lines: number; types: Record<string, number> };
    const whole = JSON.parse(done("classify", "--hour", hour, "--json")) as {
      seq: number;
      lines: number;
      types: Record<string, number>;
    };
    expect([committed.seq, whole.seq]).to.deep.equal([1, 2]);
    expect(committed.lines).to.equal(whole.lines);
    expect(committed.types).to.deep.equal(whole.types);
    const left = readdirSync(join(directory, "stage/_plans"), {
      recursive: true,
      withFileTypes: true,
    });
    expect(left.filter((entry) => entry.isFile())).to.deep.equal([]);
    done("load", "--type", "purchase", "--hour", hour);
    expect(states()).to.include("loaded").and.not.include("_plans");
  });

  it("prints the commands to run next, which run as they are printed", () => {
    writeSample();
    const lines = done("plan", "--hour", hour, "--shards", "2").split("\n");
    const commands = lines
      .filter((line) => line.startsWith("  sluice "))
      .map((line) => line.replace(/#.*/, "").trim().split(/ +/).slice(1));
    expect(commands.map(([command]) => command)).to.deep.equal([
      "classify",
      "classify",
      "commit",
    ]);
    const words = commands.map((command) => done(...command));
    expect(words[0]).to.match(/^1\/2 of plan .* classified\n/);
    expect(words[0]).to.match(
      /\d+ objects, \d+\.\d MB in \d+\.\d s, peak memory \d+ MiB\n$/,
    );
    expect(words[2]).to.match(/^2026-01-15T03 classified, seq 1\n/);
    const again = commands.map((command) => done(...command));
    expect(again[0]).to.include("nothing to do, the plan is committed already");
    expect(again[2]).to.equal(words[2]);
  });

  it("repeats in them the catalog, the source and the stage that it was given, for any shell", () => {
    writeSample();
    const stage = join(directory, "it's $(a) stage");
    const catalog = join(directory, "my catalog.yaml");
    copyFileSync(join(root, "catalog.yaml"), catalog);
    const source = `file:${join(directory, "source")}`;
    const given = ["--catalog", catalog, "--source", source];
    const lines = done(
      ...["plan", "--hour", hour, "--shards", "2"],
      ...[...given, "--stage", `file:${stage}`],
    ).split("\n");
    const commands = lines.filter((line) => line.startsWith("  sluice "));
    expect(commands.length).to.equal(3);
    const script = [
      `sluice() { ${shellWords([process.execPath, main])} "$@"; }`,
      "set -e",
      ...commands,
    ];
    const run = spawnSync("sh", ["-c", script.join("\n")], {
      cwd: directory,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"],
        SLUICE_SPOOL: join(directory, "spool"),
      },
    });
    expect(run.status, run.stderr).to.equal(0);
    expect(run.stdout).to.match(/^2026-01-15T03 classified, seq 1$/m);
    expect(readdirSync(stage)).to.include("_manifests");
  });

  it("repeats no option that was not given", () => {
    const [source, stage] = [undefined, undefined];
    expect(
      repeatOptions({ catalog: "catalog.yaml", source, stage }),
    ).to.deep.equal([]);
    expect(
      repeatOptions({ catalog: "c.yaml", source: "file:a", stage }),
    ).to.deep.equal(["--catalog", "c.yaml", "--source", "file:a"]);
    expect(
      repeatOptions({ catalog: "catalog.yaml", source, stage: "file:b" }),
    ).to.deep.equal(["--stage", "file:b"]);
  });

  it("says what was classified before", () => {
    writeSample();
    const { plan } = JSON.parse(
      done("plan", "--hour", hour, "--shards", "1", "--json"),
    ) as Planned;
    const shard = ["classify", "--plan", plan, "--shard", "1/1"];
    done(...shard);
    expect(done(...shard)).to.match(/^1\/1 of plan .* was classified before\n/);
  });

  it("exits 4 where the source has changed since, 2 for another number of shards", () => {
    writeSample();
    const { plan } = JSON.parse(
      done("plan", "--hour", hour, "--shards", "1", "--json"),
    ) as Planned;
    expect(
      sluice("classify", "--plan", plan, "--shard", "1/2").status,
    ).to.equal(2);
    const folder = join(directory, "source/2026/01/15/03");
    const [name = ""] = readdirSync(folder);
    writeFileSync(join(folder, name), "{}\n");
    const changed = sluice("classify", "--plan", plan, "--shard", "1/1");
    expect(changed.status).to.equal(4);
    expect(changed.stderr).to.include(`sluice plan --hour ${hour}`);
  });

  it("has help with an example for each of its commands", () => {
    const help = done("--help");
    for (const command of ["classify", "plan", "commit"]) {
      expect(help).to.include(`sluice ${command}`);
      const own = done(command, "--help");
      expect(own, command).to.include("Examples:");
      expect(own, command).to.match(/--(plan|shards)/);
      if (command === "plan") expect(own).to.include("from 1 to 1000");
    }
  });
});
