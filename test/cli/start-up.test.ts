import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { findPackageRoot } from "../../src/package-root.js";
import { openClouds } from "../clouds/make-places.js";
import { describeWithServers } from "../servers/shared-servers.js";

const root = findPackageRoot();
const main = join(root, "dist/src/main.js");

describe("the built command line", function () {
  this.timeout(60_000);
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "sluice-start-up-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function sluice(
    words: readonly string[],
    variables: Readonly<Record<string, string>> = {},
  ) {
    return spawnSync(process.execPath, [main, ...words], {
      cwd: root,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"],
        SLUICE_SOURCE: `file:${join(directory, "source")}`,
        SLUICE_STAGE: `file:${join(directory, "stage")}`,
        SLUICE_SPOOL: join(directory, "spool"),
        NODE_V8_COVERAGE: join(directory, "coverage"),
        ...variables,
      },
    });
  }

  /** What the last command loaded: files, as Node's coverage names them, and the sources that esbuild names in them. */
  function readLoaded() {
    const [report] = readdirSync(join(directory, "coverage"));
    const { result } = JSON.parse(
      readFileSync(join(directory, "coverage", report!), "utf8"),
    ) as { readonly result: readonly { readonly url: string }[] };
    rmSync(join(directory, "coverage"), { recursive: true });
    const files = result
      .map(({ url }) => url)
      .filter((url) => url.startsWith("file:"));
    const sources = files.flatMap((url) =>
      readFileSync(new URL(url), "utf8")
        .split("\n")
        .filter((line) => line.startsWith("// ")),
    );
    return {
      packages: files.filter((url) => url.includes("/node_modules/")),
      sources,
    };
  }

  it("loads no job, adapter or log to tell its version", () => {
    expect(sluice(["--version"]).stdout).to.match(/^\d+\.\d+\.\d+\n$/);
    const { packages, sources } = readLoaded();
    expect(packages).to.be.empty;
    expect(sources).to.include("// src/main.ts");
    expect(
      sources.filter((line) =>
        /^\/\/ (?:jobs\/|src\/(?:adapters|catalog|dags|load)\/|.*node_modules\/(?:pino|yaml|ajv)\/)/.test(
          line,
        ),
      ),
    ).to.be.empty;
  });

  it("classifies without a warehouse, without Ajv and what only other commands use", () => {
    const hour = "2026-01-15T03";
    expect(sluice(["sample", "--from", hour, "--rows", "5"]).status).to.equal(
      0,
    );
    readLoaded();
    expect(sluice(["classify", "--hour", hour]).status).to.equal(0);
    const { packages, sources } = readLoaded();
    expect(packages).to.not.be.empty;
    expect(packages.filter((url) => !url.includes("/@node-rs/crc32"))).to.be
      .empty;
    expect(sources).to.include("// src/adapters/file-object-store.ts");
    expect(
      sources.filter((line) =>
        /^\/\/ (?:src\/(?:adapters\/duckdb|dags\/|load\/)|.*node_modules\/(?:ajv\/dist\/core|pino-pretty|cli-|handlebars))/.test(
          line,
        ),
      ),
    ).to.be.empty;
  });

  // A load's pod has 128 MiB: the SDK of Cloud Storage costs it 11 of them, and a quarter of its CPU time.
  describeWithServers("from Cloud Storage into BigQuery", (servers) => {
    it("loads without the SDK of Cloud Storage, DuckDB and Ajv", async function () {
      const clouds = await openClouds(servers);
      try {
        const hour = "2026-01-15T03";
        const { url } = await clouds.bigQuery();
        const places = {
          ...clouds.variables,
          SLUICE_STAGE: clouds.gs(),
          SLUICE_WAREHOUSE: url,
        };
        for (const words of [
          ["sample", "--from", hour, "--rows", "5"],
          ["classify", "--hour", hour],
        ]) {
          const { status, stderr } = sluice(words, places);
          expect(status, stderr).to.equal(0);
          readLoaded();
        }
        const load = ["load", "--type", "purchase", "--hour", hour];
        const { status, stderr } = sluice(load, places);
        expect(status, stderr).to.equal(0);
        const { sources } = readLoaded();
        expect(sources).to.include("// src/adapters/gcs-download.ts");
        expect(
          sources.filter((line) =>
            /node_modules\/(?:@google-cloud\/storage\/|@duckdb|ajv\/dist\/core)/.test(
              line,
            ),
          ),
        ).to.be.empty;
      } finally {
        await clouds.close();
      }
    });
  });

  // One for each kind of fault that the compiled validator tells: they must read as they do from the sources.
  for (const name of [
    "airflow-empty",
    "column-nested",
    "load-misspelt",
    "minute-60",
    "max-set-aside-in-percent",
    "owner-without-value",
    "several-at-once",
    "tags-twice-the-same",
    "type-key-empty",
    "type-names-hostile",
    "types-empty",
    "unknown-key-misspelt",
  ]) {
    it(`refuses the catalog ${name} in the words that the sources have`, () => {
      const folder = "test/fixtures/catalog/bad";
      const { status, stderr } = spawnSync(
        process.execPath,
        [main, "check", "--catalog", `${folder}/${name}.yaml`],
        { cwd: root, encoding: "utf8", env: { PATH: process.env["PATH"] } },
      );
      expect(status).to.equal(2);
      expect(stderr.replaceAll(`${folder}/`, "")).to.equal(
        `sluice: ${readFileSync(join(root, folder, `${name}.expected.txt`), "utf8")}`,
      );
    });
  }

  it("refuses a damaged manifest in words", () => {
    const folder = join(directory, "stage/_manifests/2026/01/15");
    mkdirSync(folder, { recursive: true });
    const damaged = {
      version: 2,
      hour: "",
      seq: 1,
      run: "r",
      catalog: "c",
      finished_at: "f",
      lines: -1,
    };
    writeFileSync(join(folder, "03.json"), JSON.stringify(damaged));
    const { status, stderr } = sluice(["classify", "--hour", "2026-01-15T03"]);
    expect(status).to.equal(3);
    for (const fault of [
      "/version must be equal to constant",
      "/ must have required property 'inputs'",
      "/hour must NOT have fewer than 1 characters",
      "/lines must be >= 0",
    ])
      expect(stderr).to.include(fault);
  });
});
