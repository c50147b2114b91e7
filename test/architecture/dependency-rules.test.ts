import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { expect } from "chai";
import {
  cruise,
  type ICruiseResult,
  type IFlattenedRuleSet,
} from "dependency-cruiser";
import { findPackageRoot } from "../../src/package-root.js";
import config from "../../.dependency-cruiser.js";

const root = findPackageRoot();

async function cruiseProduct(
  ruleSet: IFlattenedRuleSet,
): Promise<ICruiseResult> {
  const { output } = await cruise(["src", "jobs"], {
    ...config.options,
    baseDir: root,
    validate: true,
    ruleSet,
  });
  if (typeof output === "string") throw new Error(output);
  return output;
}

describe("the dependency rules", () => {
  let result: ICruiseResult;

  before(async function () {
    this.timeout(60_000);
    result = await cruiseProduct({
      forbidden: config.forbidden ?? [],
    });
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

  it("are able to fail", async function () {
    this.timeout(60_000);
    const planted = await cruiseProduct({
      forbidden: [
        {
          name: "planted",
          severity: "error",
          from: { path: "^src/main" },
          to: { path: "^src/commands" },
        },
      ],
    });
    expect(planted.summary.violations).to.not.be.empty;
  });
});
