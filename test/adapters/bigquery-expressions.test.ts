import { expect } from "chai";
import { findShapeProblem } from "../../src/adapters/bigquery-expressions.js";

describe("An sql column's text, between parentheses", () => {
  const expressions = [
    "id",
    "SAFE_CAST(x AS NUMERIC)",
    "IF(a > 1, [1, 2][OFFSET(0)], 3)",
    "CONCAT('it''s ) ', \"), (\", a)",
    String.raw`REGEXP_EXTRACT(s, r'\'\)(.)')`,
    String.raw`'\'' || ")"`,
    "'''a 'quoted' ) text''' || \"\"\"and \" one\"\"\"",
    "`odd )name` + 1",
    "id -- a comment ) with a parenthesis",
    "id # another )\n+ 1",
    "id /* ), ( ; */ + 1",
    "a - -1",
    "STRUCT(1 AS a).a",
    "b'\\x29' || rb')'",
    "'--' || id",
    "x\r\n+ 1",
    "CASE WHEN a THEN 1 ELSE 2 END",
  ];
  for (const expression of expressions) {
    it(`may be ${JSON.stringify(expression)}`, () => {
      expect(findShapeProblem(expression)).to.equal(null);
    });
  }

  const others: readonly (readonly [string, string])[] = [
    ["id), (id", "closes nothing"],
    ["id) FROM x --", "closes nothing"],
    ["id); DROP TABLE x; --", "closes nothing"],
    ["id; DROP TABLE x", "semicolon"],
    ["id, id", "more than one"],
    ["(id", "not closed"],
    ["[id)", "closes nothing"],
    ["id /*", "not closed"],
    ["id /* */ */ ) /*", "closes nothing"],
    ["'id", "not closed"],
    ["'a\nb'", "not closed"],
    [String.raw`'a\'`, "not closed"],
    [String.raw`r'a\'`, "not closed"],
    ["'''a''", "not closed"],
    ["`id", "not closed"],
    ["'--' ), (id", "closes nothing"],
    ["id -- '\n), ('id'", "closes nothing"],
    ["id # '\n), ('id'", "closes nothing"],
    ["id --\r/*\n), (id -- */", "control character"],
    ["id \u2028 + 1", "control character"],
    ["\u0000", "control character"],
  ];
  for (const [expression, problem] of others) {
    it(`is refused as ${JSON.stringify(expression)}`, () => {
      expect(findShapeProblem(expression)).to.include(problem);
    });
  }
});
