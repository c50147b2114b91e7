import pLimit from "p-limit";
import type { Manifest } from "../classify/manifest.js";
import { readManifest } from "../classify/read-manifest.js";
import type { FolderHour } from "../folder-hour.js";
import type { ObjectStore } from "../ports/object-store.js";
import type { HourRow, Warehouse } from "../ports/warehouse.js";
import { judgeHour, type TypeHour } from "../status/hour-states.js";
import { judgeFromLedger } from "./judge-from-ledger.js";
import type { PageCounts } from "./page-model.js";
import type { PageLoad } from "./read-page-ledger.js";

export interface PageHourReading {
  readonly hour: FolderHour;
  readonly counts: PageCounts | null;
  readonly types: readonly TypeHour[];
  readonly loads: readonly PageLoad[];
}

const manifestsAtOnce = 16;

/**
 * What became of each hour, by one query and as few manifests as that takes: those from `exactFrom` on, and those of older hours where
 * the loads are not all of the newest classification that the warehouse knows.
 * @param loads By hour: the newest ones.
 */
export async function readPageHours(
  catalogued: readonly string[],
  hours: readonly [FolderHour, ...FolderHour[]],
  exactFrom: FolderHour,
  loads: ReadonlyMap<FolderHour, readonly PageLoad[]>,
  stage: ObjectStore,
  warehouse: Pick<Warehouse, "readHours">,
): Promise<PageHourReading[]> {
  const last = hours.at(-1) ?? hours[0];
  const rows = new Map(
    (await warehouse.readHours(hours[0], last)).map((row) => [
      row.folderHour,
      row,
    ]),
  );
  const limit = pLimit(manifestsAtOnce);
  return Promise.all(
    hours.map(async (hour) => {
      const ofHour = loads.get(hour) ?? [];
      const row = rows.get(hour);
      const judged =
        hour < exactFrom
          ? judgeFromLedger(hour, catalogued, row, ofHour)
          : null;
      if (judged !== null && row !== undefined)
        return { hour, counts: countRow(row), types: judged, loads: ofHour };
      const stored = await limit(() => readManifest(stage, hour));
      const manifest = stored?.manifest ?? null;
      return {
        hour,
        counts: manifest === null ? null : countManifest(manifest),
        types: judgeHour(hour, catalogued, manifest, ofHour),
        loads: ofHour,
      };
    }),
  );
}

function countRow(row: HourRow): PageCounts {
  return {
    lines: row.lines,
    blank: row.blank,
    setAside: row.setAside,
    reasons: row.setAsideReasons,
    unknown: row.unknownTypes,
  };
}

function countManifest(manifest: Manifest): PageCounts {
  return {
    lines: manifest.lines,
    blank: manifest.blank,
    setAside: manifest.set_aside.rows,
    reasons: manifest.set_aside.reasons,
    unknown: Object.fromEntries(
      Object.entries(manifest.types)
        .filter(([, { catalogued }]) => !catalogued)
        .map(([name, { rows }]) => [name, rows]),
    ),
  };
}
