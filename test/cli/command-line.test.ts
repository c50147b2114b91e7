import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { findPackageRoot } from "../../src/package-root.js";

const root = findPackageRoot();
const main = join(root, "dist/src/main.js");

describe("the command line", function () {
  this.timeout(60_000);
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "sluice-cli-"));
    mkdirSync(join(directory, "source"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function sluice(
    words: readonly string[],
    variables: Record<string, string> = {},
  ) {
    const urls = {
      SLUICE_SOURCE: `file:${join(directory, "source")}`,
      SLUICE_STAGE: `file:${join(directory, "stage")}`,
      SLUICE_WAREHOUSE: `duckdb:${join(directory, "w.duckdb")}`,
      SLUICE_SPOOL: join(directory, "spool"),
    };
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [main, ...words],
      {
        cwd: root,
        encoding: "utf8",
        env: { PATH: process.env["PATH"], ...urls, ...variables },
      },
    );
    return { status, stdout, stderr };
  }

  const refusals: readonly {
    readonly words: readonly string[];
    readonly status: number;
    readonly says: string;
  }[] = [
    { words: [], status: 2, says: "a command is missing" },
    {
      words: ["clasify", "--hour", "2026-01-15T03"],
      status: 2,
      says: '"clasify" is no command (did you mean classify?)',
    },
    {
      words: ["sta", "now"],
      status: 2,
      says: '"sta" is no command (did you mean status?)',
    },
    {
      words: ["schema", "extrat"],
      status: 2,
      says: '"extrat" is no command (did you mean extract?)',
    },
    {
      words: ["load", "now", "--type", "cart", "--hour", "2026-01-15T03"],
      status: 2,
      says: "Unknown argument: now",
    },
    { words: ["classify"], status: 2, says: "Missing required argument: hour" },
    {
      words: ["classify", "--hour", "2026-02-30T03"],
      status: 2,
      says: '"2026-02-30T03" is not a folder hour: expected a UTC hour like 2026-11-21T03',
    },
    {
      words: ["classify", "--hour", "2026-01-15T03", "--colour"],
      status: 2,
      says: "Unknown argument: colour",
    },
    {
      words: ["classify", "--hour", "2026-01-15T03"],
      status: 4,
      says: "2026/01/15/03",
    },
    {
      words: ["classify", "--hour", "2999-01-15T03"],
      status: 4,
      says: "may be classified from 2999-01-15T04:05:00.000Z",
    },
    {
      words: ["load", "--type", "purchase", "--hour", "2026-01-15T03"],
      status: 4,
      says: "2026-01-15T03",
    },
    {
      words: ["load", "--type", "purchas", "--hour", "2026-01-15T03"],
      status: 2,
      says: '"purchas" is not a log type of catalog.yaml (did you mean purchase?)',
    },
    {
      words: ["load", "--type", "coupon_redeemed", "--hour", "2026-01-15T03"],
      status: 2,
      says: "sluice add coupon_redeemed --hour 2026-01-15T03 adds it from its staged rows",
    },
    {
      words: [
        ...["load", "--type", "purchase", "--hour", "2026-01-15T03"],
        ...["--type", "cart"],
      ],
      status: 2,
      says: "--type is given twice",
    },
    {
      words: [
        ...["status", "--from", "2026-01-15T03", "--to", "2026-01-15T03"],
        ...["--from", "2026-01-15T04", "--from", "2026-01-15T05"],
      ],
      status: 2,
      says: "--from is given 3 times",
    },
    {
      words: [
        ...["classify", "--hour", "2026-01-15T03"],
        ...["--part-size", "1Gi", "--part-size", "2Gi"],
      ],
      status: 2,
      says: "--part-size is given twice",
    },
    {
      words: ["status", "--from", "2026-01-15T03", "--to", "2026-01-15T02"],
      status: 2,
      says: "--to 2026-01-15T02 is before --from 2026-01-15T03",
    },
    {
      words: [
        "run",
        "--from",
        "2026-01-15T03",
        "--to",
        "2026-01-15T03",
        "--types",
        "refnd",
      ],
      status: 2,
      says: "did you mean refund?",
    },
    {
      words: ["replay", "--type", "nope", "--hour", "2026-01-15T03"],
      status: 2,
      says: '"nope" is not a log type of catalog.yaml: expected one of page_view, search,',
    },
    {
      words: ["check", "--catalog", "no-such.yaml"],
      status: 2,
      says: "no-such.yaml",
    },
    {
      words: ["sample", "--from", "2026-01-15T03", "--rows", "0"],
      status: 2,
      says: "--rows 0: expected a whole number from 1",
    },
    {
      words: ["explain", "load_purchas"],
      status: 2,
      says: "did you mean load_purchase?",
    },
    {
      words: ["add"],
      status: 2,
      says: "add needs the TYPE",
    },
    {
      words: ["add", "x"],
      status: 2,
      says: "name --sample FILE, or --hour H",
    },
    {
      words: ["schema", "infer", "a.ndjson", "--mask", "email,customer.*"],
      status: 2,
      says: '--mask: "customer.*" is no column\'s path',
    },
    {
      words: ["schema", "check", "a.ndjson", "--type", "a", "--type", "b"],
      status: 2,
      says: "--type is given twice",
    },
    {
      words: ["schema", "diff", "a.json"],
      status: 2,
      says: "found 1 file: expected two schema files",
    },
    {
      words: ["schema", "diff", "a.json", "b.json"],
      status: 2,
      says: "a.json: there is no such file",
    },
    {
      words: ["schema", "check", "--hour", "2026-01-15T03"],
      status: 2,
      says: "--hour needs --type",
    },
    {
      words: [
        "schema",
        "infer",
        "--type",
        "purchase",
        "--hour",
        "2026-01-15T03",
      ],
      status: 4,
      says: "2026-01-15T03 is not classified",
    },
    {
      words: ["schema", "infer", "no-such.ndjson"],
      status: 2,
      says: "no-such.ndjson: cannot be read",
    },
    {
      words: [
        "status",
        "--from",
        "2026-01-15T03",
        "--to",
        "2026-01-15T03",
        "--warehouse",
        "mysql:x",
      ],
      status: 2,
      says: "mysql:x",
    },
  ];
  for (const { words, status, says } of refusals) {
    it(`answers "${words.join(" ")}" with exit ${status} and one message`, () => {
      const result = sluice(words);
      expect(result.stderr).to.include(says);
      expect(result.stderr).to.not.match(/^ +at /m);
      expect(result.stdout).to.equal("");
      expect(result.status).to.equal(status);
    });
  }

  it("runs the main job from a sample to the tables, and shows its state", () => {
    const range = ["--from", "2026-01-15T03", "--to", "2026-01-15T04"];
    expect(
      sluice([
        "sample",
        "--from",
        "2026-01-15T03",
        "--hours",
        "2",
        "--rows",
        "400",
      ]).status,
    ).to.equal(0);
    const before = JSON.parse(
      sluice(["status", ...range, "--json"]).stdout,
    ) as States;
    expect(statesOf(before)).to.deep.equal(["not_done"]);

    const run = sluice(["run", ...range, "--json"]);
    expect(run.stderr).to.not.include("failed");
    expect(run.status).to.equal(0);

    const after = JSON.parse(
      sluice(["status", ...range, "--json"]).stdout,
    ) as States;
    expect(statesOf(after)).to.deep.equal(["loaded", "staged"]);
    const staged = after.hours
      .flatMap(({ types }) => types)
      .filter(({ state }) => state === "staged");
    expect([...new Set(staged.map(({ type }) => type))]).to.deep.equal([
      "coupon_redeemed",
    ]);
  });

  it("exits 99 with --skip-empty after an hour without rows of the type", () => {
    const line = '{"log_type":"nobody_knows"}\n';
    const source = join(directory, "one.ndjson");
    writeFileSync(source, line);
    expect(
      sluice(["sample", "--from", "2026-01-15T03", "--rows", "1"]).status,
    ).to.equal(0);
    expect(sluice(["classify", "--hour", "2026-01-15T03"]).status).to.equal(0);
    const results = ["logout", "signup"].map((type) =>
      sluice([
        "load",
        "--type",
        type,
        "--hour",
        "2026-01-15T03",
        "--skip-empty",
      ]),
    );
    expect(results.map(({ status }) => status)).to.include(99);
    expect(
      sluice(["load", "--type", "logout", "--hour", "2026-01-15T03"]).status,
    ).to.equal(0);
  });

  it("finds the repository's own DAGs fresh, and says so", () => {
    for (const words of [
      ["generate", "--check"],
      ["generate", "--diff"],
      ["check"],
    ]) {
      const { status, stderr } = sluice(words);
      expect(stderr, words.join(" ")).to.equal("");
      expect(status).to.equal(0);
    }
    expect(sluice(["generate", "--check", "--diff"]).status).to.equal(2);
  });

  it("refuses with exit 3 where no DAGs were generated", () => {
    const { status, stderr } = sluice([
      "generate",
      "--check",
      "--out",
      directory,
    ]);
    expect(status).to.equal(3);
    expect(stderr).to.include(
      "load_purchase.py is missing: run sluice generate",
    );
  });

  for (const json of ["--json", "--json=true"])
    it(`prints errors as JSON too where ${json} was given`, () => {
      const { stdout, status } = sluice([
        "classify",
        "--hour",
        "2026-01-15T03",
        json,
      ]);
      expect(status).to.equal(4);
      expect(JSON.parse(stdout)).to.have.nested.property(
        "error.code",
        "NOT_READY",
      );
    });

  it("lists every command with an example in its help", () => {
    const commands = [
      "add",
      "backfill",
      "check",
      "classify",
      "demo",
      "explain",
      "generate",
      "load",
      "run",
      "sample",
      "schema",
      "status",
    ];
    const { stdout } = sluice(["--help"]);
    for (const command of commands)
      expect(stdout).to.include(`sluice ${command}`);
    for (const command of commands.filter((name) => name !== "schema")) {
      expect(sluice([command, "--help"]).stdout, command).to.include(
        "Examples:",
      );
    }
    for (const command of ["apply", "check", "diff", "extract", "infer"]) {
      expect(
        sluice(["schema", command, "--help"]).stdout,
        `schema ${command}`,
      ).to.include("Examples:");
    }
  });
});

interface States {
  readonly hours: readonly {
    readonly types: readonly {
      readonly type: string;
      readonly state: string;
    }[];
  }[];
}

function statesOf({ hours }: States): string[] {
  return [
    ...new Set(hours.flatMap(({ types }) => types.map(({ state }) => state))),
  ].sort();
}
