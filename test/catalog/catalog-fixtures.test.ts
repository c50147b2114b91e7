import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { check } from "../../jobs/check.js";
import { readCatalog } from "../../src/catalog/read-catalog.js";
import { SluiceError } from "../../src/errors.js";

const folder = "test/fixtures/catalog";

function fixtures(kind: "good" | "bad"): string[] {
  return readdirSync(`${folder}/${kind}`).filter((name) =>
    name.endsWith(".yaml"),
  );
}

/** A catalog dropped into test/fixtures/catalog/bad needs its messages beside it, as NAME.expected.txt. */
describe("a bad catalog", () => {
  for (const name of fixtures("bad")) {
    it(`${name} is refused with exact messages`, async () => {
      const file = `${folder}/bad/${name}`;
      const error = await readCatalog(file).then(
        () => null,
        (reason: unknown) => reason,
      );

      expect(error).to.be.instanceOf(SluiceError);
      expect((error as SluiceError).exitCode).to.equal(2);
      const message = (error as SluiceError).message.replaceAll(
        `${folder}/bad/`,
        "",
      );
      const expected = readFileSync(
        file.replace(/yaml$/, "expected.txt"),
        "utf8",
      );
      expect(`${message}\n`).to.equal(expected);
      expect(message).not.to.match(/\n\s+at /);
      expect(message).not.to.match(/(?!\n)\p{Cc}/u);
    });
  }

  it("comes in at least 40 kinds", () => {
    expect(fixtures("bad").length).to.be.at.least(40);
  });
});

describe("a good catalog", () => {
  for (const name of fixtures("good")) {
    it(`${name} is read without a word`, async () => {
      const catalog = await readCatalog(`${folder}/good/${name}`);

      expect(catalog.types.size).to.be.above(0);
    });
  }
});

describe("check", () => {
  it("hands back every problem of the catalog and leaves the DAGs for later", async () => {
    const catalogFile = `${folder}/bad/several-at-once.yaml`;
    const result = await check({ catalogFile, overrides: {} });

    expect(result.types).to.equal(0);
    expect(result.problems).to.have.length(7);
    expect(result.dag_problems).to.deep.equal([]);
  });

  it("warns of partitions that make a reload cost, in the order of their lines, and finds no problem", async () => {
    const catalogFile = `${folder}/good/bigquery-layouts.yaml`;
    const result = await check({ catalogFile, overrides: {} });

    expect(result.problems).to.deep.equal([]);
    expect(
      result.warnings.map(({ line, path, message }) => [line, path, message]),
    ).to.deep.equal([
      [
        9,
        "types.purchase.partition",
        "month: to replace an hour, BigQuery's DELETE bills its whole month; with day it bills at most one day, with hour nothing",
      ],
      [
        10,
        'types."inventory.adjusted".partition',
        "none: to replace an hour, BigQuery's DELETE bills the whole table; with day it bills at most one day, with hour nothing",
      ],
    ]);
  });

  it("warns of nothing where tables are partitioned by day and hour", async () => {
    const catalogFile = `${folder}/good/everything.yaml`;
    const result = await check({ catalogFile, overrides: {} });

    expect(result.warnings).to.deep.equal([]);
  });

  it("tells of DAGs that were never generated for a sound catalog", async () => {
    const catalogFile = `${folder}/good/everything.yaml`;
    const result = await check({ catalogFile, overrides: {} });

    expect(result.types).to.equal(2);
    expect(result.problems).to.deep.equal([]);
    expect(result.dag_problems).to.have.length.above(0);
  });
});
