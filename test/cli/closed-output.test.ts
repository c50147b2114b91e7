import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { findPackageRoot } from "../../src/package-root.js";

const root = findPackageRoot();
const main = join(root, "dist/src/main.js");
const hour = "2026-01-15T03";

describe("a closed output", function () {
  this.timeout(120_000);
  let directory: string;
  let folder: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "sluice-closed-"));
    folder = join(directory, "source/2026/01/15/03");
    mkdirSync(folder, { recursive: true });
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  /** Its own exit code, before a reader that is gone before it prints. */
  function pipe(words: readonly string[], redirection = "") {
    const { status, stderr } = spawnSync(
      "bash",
      [
        "--norc",
        "-c",
        `"$@" ${redirection} | true; exit "\${PIPESTATUS[0]}"`,
        "bash",
        process.execPath,
        main,
        ...words,
      ],
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
    return { status, stderr };
  }

  for (const redirection of ["", "2>&1"])
    for (const { words, status } of [
      {
        words: ["load", "--type", "x", "--hour", hour, "--catalog", "none"],
        status: 2,
      },
      { words: ["load", "--type", "search", "--hour", hour], status: 4 },
      { words: ["run", "--from", hour, "--to", hour], status: 4 },
      { words: ["check"], status: 0 },
    ])
      it(`leaves ${words[0] ?? ""} --json ${redirection} its exit code ${status}`, () => {
        const done = pipe([...words, "--json"], redirection);
        expect(done.status, done.stderr).to.equal(status);
        expect(done.stderr).not.to.include("EPIPE");
      });

  it("ends no work that logs into it", () => {
    writeFileSync(
      join(folder, "a.ndjson"),
      '{"log_type":"unknown"}\n{"log_type":"search"}\n',
    );
    const done = pipe(["classify", "--hour", hour], "2>&1");
    expect(done.status).to.equal(0);
    const manifest = join(directory, "stage/_manifests/2026/01/15/03.json");
    expect(existsSync(manifest)).to.equal(true);
  });
});
