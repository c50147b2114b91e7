import { expect } from "chai";
import type { FolderHour } from "../../src/folder-hour.js";
import { buildPageModel } from "../../src/page/build-page-model.js";
import type { PageHourReading } from "../../src/page/read-page-hours.js";
import { judgeHour } from "../../src/status/hour-states.js";

describe("what the page shows", () => {
  it("has no finding of an hour that is not done", () => {
    const loaded = "2026-11-21T02" as FolderHour;
    const notDone = "2026-11-21T03" as FolderHour;
    const load = {
      logType: "view",
      folderHour: loaded,
      seq: 1,
      rowsLoaded: 3,
      rowsSetAside: 0,
      startedAt: new Date(0),
      finishedAt: new Date(1000),
    };
    const readings = [loaded, notDone].map((hour): PageHourReading => {
      const loads = hour === loaded ? [load] : [];
      const types = judgeHour(hour, ["view"], null, loads);
      return { hour, counts: null, types, loads };
    });
    const findings = [loaded, notDone].map(
      (hour) => ({ hour, rule: "missing", message: "0 rows" }) as const,
    );

    const { types } = buildPageModel(
      { timezone: "UTC", types: new Map() },
      new Date(0),
      readings,
      new Map([["view", { bands: new Map(), findings }]]),
    );
    expect(types[0]?.cells[1]?.state).to.equal("not_done");
    expect(types[0]?.findings.map(({ hour }) => hour)).to.deep.equal([loaded]);
  });
});
