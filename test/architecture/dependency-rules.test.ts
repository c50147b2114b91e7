import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect } from "chai";
import {
  cruise,
  type IConfiguration,
  type ICruiseResult,
} from "dependency-cruiser";
import { findPackageRoot } from "../../src/package-root.js";
import config from "../../.dependency-cruiser.js";
import { plantImports, type PlantedImport } from "./plant-imports.js";

const root = findPackageRoot();

/** By rule, at least one import for each folder and client that it names. */
const forbidden: Readonly<Record<string, readonly string[]>> = {
  "no-cycles": ["src/run/one.ts -> src/run/other.ts"],
  "no-unresolved": ["src/run/one.ts -> ./nowhere.js"],
  "only-wiring-sees-adapters": [
    "src/load/load-hour.ts -> src/adapters/s3-object-store.ts",
    "src/commands/context.ts -> src/adapters/s3-object-store.ts",
    "jobs/load.ts -> src/adapters/s3-object-store.ts",
  ],
  "jobs-do-not-import-jobs": ["jobs/run.ts -> jobs/load.ts"],
  "only-commands-import-jobs": [
    "src/run/run-hours.ts -> jobs/load.ts",
    "src/main.ts -> jobs/load.ts",
  ],
  "wiring-belongs-to-commands": [
    "src/load/load-hour.ts -> src/wiring.ts",
    "jobs/load.ts -> src/environment.ts",
    "src/run/run-hours.ts -> src/commands/context.ts",
    "src/run/run-hours.ts -> src/main.ts",
  ],
  "ports-and-errors-import-nothing-of-ours": [
    "src/ports/warehouse.ts -> src/folder-hour.ts",
    "src/errors.ts -> src/log.ts",
  ],
  "adapters-see-ports-and-pure-code": [
    "src/adapters/s3-upload.ts -> src/load/fill-temp.ts",
    "src/adapters/s3-upload.ts -> src/environment.ts",
    "src/adapters/s3-upload.ts -> src/watch/model.ts",
  ],
  "clients-live-in-their-adapter": [
    "src/load/load-hour.ts -> @duckdb/node-api",
    "src/load/load-hour.ts -> @aws-sdk/client-s3",
    "src/load/load-hour.ts -> @google-cloud/storage",
    "src/load/load-hour.ts -> google-auth-library",
    "src/load/load-hour.ts -> @slack/web-api",
    "src/load/load-hour.ts -> nodemailer",
    "src/load/load-hour.ts -> proper-lockfile",
    "jobs/load.ts -> @google-cloud/bigquery",
  ],
  "pure-code-does-no-io": [
    "src/schema/judge-row.ts -> node:fs/promises",
    "src/json/read-lines.ts -> node:fs/promises",
    "src/messages/render-html.ts -> node:fs/promises",
    "src/watch/judge-hour.ts -> node:fs/promises",
    "src/dags/model.ts -> node:fs/promises",
    "src/dags/render.ts -> node:fs/promises",
    "src/dags/python-literal.ts -> node:fs/promises",
    "src/folder-hour.ts -> node:fs/promises",
    "src/group-by.ts -> node:fs/promises",
    "src/count-of.ts -> node:fs/promises",
    "src/schema/judge-row.ts -> node:child_process",
    "src/schema/judge-row.ts -> node:net",
    "src/schema/judge-row.ts -> node:http",
    "src/schema/judge-row.ts -> node:https",
    "src/schema/judge-row.ts -> node:os",
    "src/schema/judge-row.ts -> node:process",
    "src/schema/judge-row.ts -> node:worker_threads",
  ],
  "pure-code-imports-pure-code": [
    "src/schema/judge-row.ts -> src/catalog/read-catalog.ts",
    "src/json/read-lines.ts -> src/catalog/read-catalog.ts",
    "src/messages/render-html.ts -> src/catalog/read-catalog.ts",
    "src/watch/judge-hour.ts -> src/catalog/read-catalog.ts",
    "src/schema/judge-row.ts -> src/log.ts",
  ],
  "product-does-not-import-tests": [
    "src/run/run-hours.ts -> test/catalog/build-catalog.ts",
    "jobs/run.ts -> bench/machine.ts",
  ],
  "no-development-packages-in-the-product": ["src/run/run-hours.ts -> chai"],
};

function parseImport(text: string): PlantedImport {
  const [from = "", to = ""] = text.split(" -> ");
  return { from, to };
}

async function cruiseProduct(
  forbidden: NonNullable<IConfiguration["forbidden"]>,
  baseDir = root,
): Promise<ICruiseResult> {
  const { output } = await cruise(["src", "jobs"], {
    ...config.options,
    baseDir,
    validate: true,
    ruleSet: { forbidden },
  });
  if (typeof output === "string") throw new Error(output);
  return output;
}

/** As the cruiser names what is imported. */
function nameFound(to: string): string {
  if (/^(src|jobs|test|bench|\.)/.test(to)) return to;
  return to.startsWith("node:")
    ? to.replace("node:", "")
    : `node_modules/${to}/index.js`;
}

describe("the dependency rules", () => {
  let result: ICruiseResult;

  before(async function () {
    this.timeout(60_000);
    result = await cruiseProduct(config.forbidden ?? []);
  });

  it("see every module of the product", () => {
    const seen = new Set(result.modules.map(({ source }) => source));
    const sources = ["src", "jobs"].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
        .map((entry) => relative(root, join(entry.parentPath, entry.name))),
    );
    expect(sources.filter((source) => !seen.has(source))).to.deep.equal([]);
    expect(sources.length).to.be.greaterThan(20);
  });

  it("see the imports between modules", () => {
    const main = result.modules.find(({ source }) => source === "src/main.ts");
    expect(main?.dependencies.map(({ resolved }) => resolved)).to.include(
      "src/commands.ts",
    );
  });

  it("hold", () => {
    expect(
      result.summary.violations.map(
        ({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`,
      ),
    ).to.deep.equal([]);
  });

  describe("on what they forbid", () => {
    let root: string;
    let violations: readonly string[];

    before(async function () {
      this.timeout(60_000);
      root = await mkdtemp(join(tmpdir(), "sluice-architecture-"));
      const imports = Object.values(forbidden).flat().map(parseImport);
      imports.push({ from: "src/run/other.ts", to: "src/run/one.ts" });
      await plantImports(root, imports, ["chai"]);
      const planted = await cruiseProduct(config.forbidden ?? [], root);
      violations = planted.summary.violations.map(
        ({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`,
      );
    });

    after(() => rm(root, { recursive: true, force: true }));

    for (const [rule, imports] of Object.entries(forbidden))
      for (const text of imports)
        it(`${rule}: ${text}`, () => {
          const { from, to } = parseImport(text);
          expect(violations).to.include(`${rule}: ${from} -> ${nameFound(to)}`);
        });

    it("leave none untried", () => {
      const names = (config.forbidden ?? []).map(({ name }) => name);
      expect(Object.keys(forbidden)).to.have.members(names);
    });
  });
});
