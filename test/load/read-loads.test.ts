import { expect } from "chai";
import {
  addHours,
  hoursBetween,
  parseFolderHour,
} from "../../src/folder-hour.js";
import { readLoads } from "../../src/load/read-loads.js";
import { AskedLedger } from "./asked-ledger.js";

const window = 14 * 24;
const from = parseFolderHour("2026-10-01T05");

describe("the ledger, two weeks at a time", () => {
  for (const { count, windows } of [
    { count: 1, windows: [1] },
    { count: window - 1, windows: [window - 1] },
    { count: window, windows: [window] },
    { count: window + 1, windows: [window, 1] },
    { count: 2 * window + 2, windows: [window, window, 2] },
  ])
    it(`is asked for each of ${count} hours once, the oldest first, and gives its loads`, async () => {
      const hours = hoursBetween(from, addHours(from, count - 1));
      const ledger = new AskedLedger();
      const read: string[] = [];
      for await (const { hours: some, loads } of readLoads(ledger, hours)) {
        expect(loads.map(({ folderHour }) => folderHour)).to.deep.equal(some);
        read.push(...some);
      }
      expect(read).to.deep.equal(hours);
      expect(ledger.asked.map(({ length }) => length)).to.deep.equal(windows);
      expect(ledger.asked.flat()).to.deep.equal(hours);
    });

  it("is asked for no second window before the first is done with", async () => {
    const ledger = new AskedLedger();
    const hours = hoursBetween(from, addHours(from, 3 * window - 1));
    const asked: number[] = [];
    for await (const { loads } of readLoads(ledger, hours)) {
      expect(loads.length).to.equal(window);
      asked.push(ledger.asked.length);
    }
    expect(asked).to.deep.equal([1, 2, 3]);
  });
});
