import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { DoctorResult } from "../../jobs/doctor.js";
import { findPackageRoot } from "../../src/package-root.js";

const root = findPackageRoot();
/** To root every file is open; so root runs doctor as a user to whom it is not. */
const isRoot = process.getuid?.() === 0;
const nobody = 65534;

describe("doctor on folders that the system itself refuses", function () {
  this.timeout(60_000);
  let directory: string;

  before(function () {
    if (runSluice("--version").status !== 0) {
      this.skip();
    }
  });
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "sluice-refused-"));
    const hour = join(directory, "source/2026/11/21/03");
    mkdirSync(hour, { recursive: true });
    writeFileSync(join(hour, "a.ndjson"), "{}\n");
    mkdirSync(join(directory, "stage/_doctor"), { recursive: true });
    mkdirSync(join(directory, "tables"));
    if (isRoot)
      for (const name of ["", ...listAll(directory)])
        chownSync(join(directory, name), nobody, nobody);
  });
  afterEach(() => {
    for (const name of listAll(directory))
      chmodSync(join(directory, name), 0o700);
    rmSync(directory, { recursive: true });
  });

  function runSluice(...words: string[]) {
    return spawnSync(
      process.execPath,
      [join(root, "dist/src/main.js"), ...words],
      {
        cwd: root,
        encoding: "utf8",
        ...(isRoot ? { uid: nobody, gid: nobody } : {}),
        env: {
          PATH: process.env["PATH"],
          SLUICE_SOURCE: `file:${directory}/source`,
          SLUICE_STAGE: `file:${directory}/stage`,
          SLUICE_WAREHOUSE: `duckdb:${directory}/tables/w.duckdb`,
        },
      },
    );
  }

  function runDoctor() {
    const { status, stdout, stderr } = runSluice("doctor", "--json");
    expect(stderr).not.to.match(/\n\s+at /);
    const { rows } = JSON.parse(stdout) as DoctorResult;
    const failed = rows
      .filter(({ result }) => result === "failed")
      .map(({ service, check }) => `${service}: ${check}`);
    return { status, rows, failed };
  }

  it("exits 0 where nothing is refused", () => {
    const { status, failed } = runDoctor();

    expect(failed).to.deep.equal([]);
    expect(status).to.equal(0);
  });

  const refusals: readonly {
    readonly path: string;
    readonly mode: number;
    readonly failed: readonly string[];
  }[] = [
    {
      path: "source/2026/11/21/03/a.ndjson",
      mode: 0o000,
      failed: ["source: read"],
    },
    { path: "source/2026/11", mode: 0o000, failed: ["source: list"] },
    { path: "stage", mode: 0o500, failed: ["stage: create"] },
    {
      path: "tables",
      mode: 0o500,
      failed: ["warehouse: create a table", "warehouse: load rows"],
    },
  ];
  for (const { path, mode, failed: expected } of refusals) {
    it(`exits 5 and tells ${expected.join(", ")} where ${path} has mode ${mode.toString(8).padStart(3, "0")}`, () => {
      chmodSync(join(directory, path), mode);
      const { status, rows, failed } = runDoctor();

      expect(failed).to.deep.equal(expected);
      expect(status).to.equal(5);
      for (const row of rows.filter(({ result }) => result === "failed"))
        expect(row.grant).to.match(/^permission to /);
    });
  }
});

function listAll(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" });
}
