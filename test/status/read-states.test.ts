import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { FileObjectStore } from "../../src/adapters/file-object-store.js";
import { manifestKey, type Manifest } from "../../src/classify/manifest.js";
import {
  addHours,
  hoursBetween,
  parseFolderHour,
  type FolderHour,
} from "../../src/folder-hour.js";
import { readStates } from "../../src/status/read-states.js";
import { buildCatalog, buildType } from "../dags/build-catalog.js";
import { AskedLedger } from "../load/asked-ledger.js";

const from = parseFolderHour("2026-10-01T05");
const window = 14 * 24;

function manifestOf(hour: FolderHour): Manifest {
  return {
    version: 1,
    hour,
    seq: 1,
    run: "r",
    catalog: "sha256:0",
    finished_at: "2026-12-01T00:00:00Z",
    inputs: [],
    lines: 3,
    blank: 0,
    set_aside: { rows: 0, reasons: {}, files: [] },
    types: {
      view: {
        rows: 3,
        catalogued: true,
        wrapped: [],
        files: [{ key: "k", rows: 3, bytes: 30, crc32c: "AAAAAA==" }],
      },
    },
  };
}

describe("the states of many hours", () => {
  it("are read no more than two weeks of the ledger at a time, each hour once, with its own load and manifest", async () => {
    const root = await mkdtemp(join(tmpdir(), "sluice-states-"));
    try {
      const stage = new FileObjectStore(root);
      const hours = hoursBetween(from, addHours(from, window + 1)) as [
        FolderHour,
        ...FolderHour[],
      ];
      // The border of a window, and the ends.
      const classified = [0, window - 1, window, window + 1].map((at) =>
        addHours(from, at),
      );
      for (const hour of classified)
        await stage.put(
          manifestKey(hour),
          Buffer.from(JSON.stringify(manifestOf(hour))),
        );
      const ledger = new AskedLedger();
      const catalog = buildCatalog([buildType("view")]);
      const statuses = await readStates(catalog, hours, stage, ledger);

      expect(statuses.map(({ hour }) => hour)).to.deep.equal(hours);
      for (const { length } of ledger.asked) expect(length).to.be.most(window);
      expect(ledger.asked.flat()).to.deep.equal(hours);
      for (const { hour, manifest, types } of statuses) {
        const isClassified = classified.includes(hour);
        expect(manifest?.hour).to.equal(isClassified ? hour : undefined);
        expect(
          types.map(({ hour: at, state, loaded }) => [at, state, loaded]),
          hour,
        ).to.deep.equal([[hour, isClassified ? "loaded" : "differing", 3]]);
      }
    } finally {
      await rm(root, { recursive: true });
    }
  });
});
