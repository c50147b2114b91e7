import { expect } from "chai";
import { countOf } from "../src/count-of.js";

describe("a count in words", () => {
  for (const [words, expected] of [
    [countOf(0, "hour"), "0 hours"],
    [countOf(1, "hour"), "1 hour"],
    [countOf(2, "hour"), "2 hours"],
    [countOf(1, "row is", "rows are"), "1 row is"],
    [countOf(3, "row is", "rows are"), "3 rows are"],
    [countOf(7000, "row", "rows", (n) => `~${n}`), "~7000 rows"],
  ] as const)
    it(`is ${expected}`, () => {
      expect(words).to.equal(expected);
    });
});
