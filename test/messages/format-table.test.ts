import { expect } from "chai";
import stringWidth from "fast-string-width";
import { formatTable } from "../../src/messages/format-table.js";
import { hostileNames, makeTable } from "./messages.js";

describe("a table as text", () => {
  it("is aligned by the width at which letters are shown: a Korean one takes two columns", () => {
    const { head, lines } = formatTable(
      makeTable(["purchase", "구매_로그", "日本", "🛒cart"], ["1,234", "9"]),
    );

    expect([head, ...lines]).to.deep.equal([
      "log type      n0  n1",
      "purchase   1,234   9",
      "구매_로그  1,234   9",
      "日本       1,234   9",
      "🛒cart     1,234   9",
    ]);
    expect(new Set(lines.map((line) => stringWidth(line)))).to.deep.equal(
      new Set([20]),
    );
  });

  it("cuts what is wider than 40 columns, by width too", () => {
    const { lines } = formatTable(
      makeTable(["x".repeat(41), "로".repeat(21), "y".repeat(40)], ["1"]),
    );

    expect(lines).to.deep.equal([
      `${"x".repeat(39)}…   1`,
      `${"로".repeat(19)}…    1`,
      `${"y".repeat(40)}   1`,
    ]);
  });

  it("has a line for each row, whatever the names hold", () => {
    const { lines } = formatTable(makeTable(hostileNames));
    expect(lines.length).to.equal(hostileNames.length);
    for (const line of lines) expect(line).to.match(/ 1,234 {2}no data$/);
    expect(lines.join("\n")).not.to.match(/[\r\u202e\u202c]/);
  });
});
