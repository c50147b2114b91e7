import { expect } from "chai";
import { UsageError } from "../../src/errors.js";
import { chooseHours } from "../../src/reconcile/choose-hours.js";

const now = new Date("2026-11-21T05:59:59Z");
const none = { last: undefined, from: undefined, to: undefined };

describe("the hours that reconcile looks at", () => {
  it("end with the one that ended an hour ago", () => {
    expect(chooseHours({ ...none, last: "3h" }, now)).to.deep.equal([
      "2026-11-21T01",
      "2026-11-21T02",
      "2026-11-21T03",
    ]);
    expect(chooseHours({ ...none, last: "2d" }, now).length).to.equal(48);
  });

  it("are those of a range, both ends included", () => {
    const range = { from: "2026-11-21T03", to: "2026-11-21T04" };
    expect(chooseHours({ ...none, ...range }, now)).to.deep.equal([
      "2026-11-21T03",
      "2026-11-21T04",
    ]);
  });

  const wrong: readonly Partial<Record<"last" | "from" | "to", string>>[] = [
    {},
    { last: "48" },
    { last: "0h" },
    { last: "400d" },
    { from: "2026-11-21T03" },
    { last: "48h", from: "2026-11-21T03", to: "2026-11-21T03" },
  ];
  for (const args of wrong) {
    it(`are refused for ${JSON.stringify(args)}`, () => {
      expect(() => chooseHours({ ...none, ...args }, now)).to.throw(UsageError);
    });
  }
});
