import { expect } from "chai";
import { readHistory } from "../../src/alerts/read-history.js";
import {
  addHours,
  hoursBetween,
  parseFolderHour,
} from "../../src/folder-hour.js";
import { AskedLedger } from "../load/asked-ledger.js";

const to = parseFolderHour("2026-11-21T03");

describe("the history that an hour is judged by", () => {
  it("is eight weeks up to the hour, read no more than two weeks at a time, each hour once", async () => {
    const ledger = new AskedLedger();
    const { from, loads } = await readHistory(to, ledger);

    const hours = hoursBetween(addHours(to, 1 - 56 * 24), to);
    expect(from).to.equal(hours[0]);
    for (const { length } of ledger.asked) expect(length).to.be.most(14 * 24);
    expect(ledger.asked.flat()).to.deep.equal(hours);
    expect(loads.get("view")?.map(({ hour }) => hour)).to.deep.equal(hours);
  });
});
