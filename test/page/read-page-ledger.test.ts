import { expect } from "chai";
import {
  addHours,
  hoursBetween,
  parseFolderHour,
} from "../../src/folder-hour.js";
import { readPageLedger } from "../../src/page/read-page-ledger.js";

const from = parseFolderHour("2026-10-23T00");
const to = parseFolderHour("2026-11-21T23");

describe("the page's ledger", () => {
  it("is read no more than two weeks at a time, each hour once, and 56 days are learned from", async () => {
    const asked: string[] = [];
    const { loads, points } = await readPageLedger(from, to, {
      readLedger: (first, last) => {
        const hours = hoursBetween(
          parseFolderHour(first),
          parseFolderHour(last),
        );
        expect(hours.length).to.be.most(14 * 24);
        asked.push(...hours);
        return Promise.resolve(
          hours.map((folderHour) => ({
            logType: "view",
            folderHour,
            seq: 1,
            rowsLoaded: 3,
            rowsSetAside: 0,
            bytes: 7,
            manifest: "m",
            schemaHash: "h",
            jobId: "j",
            run: "r",
            startedAt: new Date(0),
            finishedAt: new Date(0),
          })),
        );
      },
    });

    expect(asked).to.deep.equal(hoursBetween(addHours(from, -56 * 24), to));
    expect([...loads.keys()]).to.deep.equal(hoursBetween(from, to));
    expect(points.get("view")?.length).to.equal(asked.length);
    expect(points.get("view")?.[0]).to.deep.equal({
      hour: asked[0],
      rows: 3,
      bytes: 7,
    });
  });
});
