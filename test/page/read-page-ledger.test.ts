import { expect } from "chai";
import {
  addHours,
  hoursBetween,
  parseFolderHour,
} from "../../src/folder-hour.js";
import { readPageLedger } from "../../src/page/read-page-ledger.js";
import { AskedLedger } from "../load/asked-ledger.js";

const from = parseFolderHour("2026-10-23T00");
const to = parseFolderHour("2026-11-21T23");

describe("the page's ledger", () => {
  it("is read no more than two weeks at a time, each hour once, and 56 days are learned from", async () => {
    const ledger = new AskedLedger();
    const { loads, points } = await readPageLedger(from, to, ledger);

    const asked = ledger.asked.flat();
    for (const { length } of ledger.asked) expect(length).to.be.most(14 * 24);
    expect(asked).to.deep.equal(hoursBetween(addHours(from, -56 * 24), to));
    expect([...loads.keys()]).to.deep.equal(hoursBetween(from, to));
    for (const [hour, ofHour] of loads)
      expect(ofHour.map(({ folderHour }) => folderHour)).to.deep.equal([hour]);
    expect(points.get("view")?.map(({ hour }) => hour)).to.deep.equal(asked);
    expect(points.get("view")?.[0]).to.deep.equal({
      hour: asked[0],
      rows: 3,
      bytes: 7,
    });
  });
});
