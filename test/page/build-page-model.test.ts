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
      run: "r",
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

  it("has no rows missing where they are staged and wait for their load, and has them where none came", () => {
    const hours = ["2026-11-21T02", "2026-11-21T03"] as FolderHour[];
    const readings = hours.map((hour, index): PageHourReading => {
      const rows = index === 0 ? 3 : 0;
      const types = judgeHour(
        hour,
        ["view"],
        {
          ...{ version: 1, hour, seq: 1, run: "r", catalog: "sha256:0" },
          ...{ finished_at: "2026-11-21T04:06:00Z", inputs: [] },
          ...{ lines: rows, blank: 0 },
          set_aside: { rows: 0, reasons: {}, files: [] },
          types: { view: { rows, catalogued: true, wrapped: [], files: [] } },
        },
        [],
      );
      const counts = {
        ...{ lines: rows, blank: 0, setAside: 0 },
        ...{ reasons: {}, unknown: {} },
      };
      return { hour, counts, types, loads: [] };
    });
    const findings = hours.flatMap((hour) => [
      { hour, rule: "missing", message: "0 rows" },
      { hour, rule: "duplicate", message: "" },
    ]);

    const { types } = buildPageModel(
      { timezone: "UTC", types: new Map() },
      new Date(0),
      readings,
      new Map([["view", { bands: new Map(), findings }]]),
    );
    const [view] = types;
    expect(view?.cells.map(({ state }) => state)).to.deep.equal([
      "staged",
      "empty",
    ]);
    expect(
      view?.findings.map(({ hour, rule }) => `${hour} ${rule}`),
    ).to.deep.equal([
      "2026-11-21T02 duplicate",
      "2026-11-21T03 missing",
      "2026-11-21T03 duplicate",
    ]);
  });
});
