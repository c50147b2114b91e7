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
    it(`${name} is read and checked without a word`, async () => {
      const result = await check(
        { catalogFile: `${folder}/good/${name}`, overrides: {} },
        () => Promise.resolve([]),
      );

      expect(result.problems).to.deep.equal([]);
      expect(result.types).to.be.above(0);
    });
  }
});
