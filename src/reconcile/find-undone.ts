import pLimit from "p-limit";
import type { Catalog } from "../catalog/catalog.js";
import { readManifest } from "../classify/read-manifest.js";
import { DataRefusedError } from "../errors.js";
import {
  addHours,
  hourPath,
  startOf,
  type FolderHour,
} from "../folder-hour.js";
import type {
  ListedObject,
  ObjectInfo,
  ObjectStore,
} from "../ports/object-store.js";
import type { LedgerRow, Warehouse } from "../ports/warehouse.js";
import { findGarbage, type GarbageAge } from "./find-garbage.js";
import type { Finding } from "./finding.js";
import { judgeLoads } from "./judge-loads.js";
import { judgeQuarantine } from "./judge-quarantine.js";
import { judgeMissing } from "./judge-missing.js";
import { judgeSource } from "./judge-source.js";
import { listQuarantined } from "./list-quarantined.js";
import { listStageHours } from "./list-stage-hours.js";

const hoursAtOnce = 8;

export interface FindUndoneOptions extends GarbageAge {
  readonly catalog: Catalog;
  readonly hours: readonly FolderHour[];
}

export interface ReconcileStores {
  readonly source: ObjectStore;
  readonly stage: ObjectStore;
  readonly warehouse: Warehouse;
}

/** What is undone or out of date, hour by hour; of an hour that has not settled, nothing. No table is read, and nothing is changed. */
export async function findUndone(
  options: FindUndoneOptions,
  stores: ReconcileStores,
): Promise<Finding[]> {
  const { catalog, now } = options;
  const hours = options.hours.filter((hour) => isSettled(catalog, hour, now));
  const [first] = hours;
  if (first === undefined) return [];
  // The ledger before the manifests, and those before the source: what is done meanwhile looks undone, and never as if a person had to look.
  const ledger = await stores.warehouse.readLedger(
    first,
    hours.at(-1) ?? first,
  );
  const staged = await listStageHours(stores.stage, hours);
  const types = [
    ...catalog.types.keys(),
    ...ledger.map(({ logType }) => logType),
  ];
  const quarantined = await listQuarantined(stores.stage, hours, types);
  const limit = pLimit(hoursAtOnce);
  const found = await Promise.all(
    hours.map((hour) =>
      limit(() =>
        judgeHour(options, stores, hour, {
          ledger,
          staged: staged.get(hour) ?? [],
          quarantined: quarantined.get(hour) ?? [],
        }),
      ),
    ),
  );
  return found.flat();
}

interface HourListing {
  /** Of all hours. */
  readonly ledger: readonly LedgerRow[];
  readonly staged: readonly ListedObject[];
  readonly quarantined: readonly ListedObject[];
}

async function judgeHour(
  { catalog, now, sweepAfterMs }: FindUndoneOptions,
  { source, stage }: ReconcileStores,
  hour: FolderHour,
  { ledger, staged, quarantined }: HourListing,
): Promise<Finding[]> {
  let manifest;
  try {
    manifest = (await readManifest(stage, hour))?.manifest ?? null;
  } catch (error) {
    if (!(error instanceof DataRefusedError)) throw error;
    const { message } = error;
    return [
      { hour, kind: "manifest_damaged", type: null, message, automatic: false },
    ];
  }
  const listed: ObjectInfo[] = [];
  for await (const info of source.list(`${hourPath(hour)}/`)) {
    // Consoles make an empty object where they show a folder.
    if (info.sizeBytes === 0 && info.key.endsWith("/")) continue;
    listed.push(info);
  }
  if (manifest === null) {
    const loads = ledger.filter(({ folderHour }) => folderHour === hour);
    const missing = judgeMissing(hour, loads, listed);
    return missing === null ? [] : [missing];
  }
  const change = judgeSource(hour, manifest, listed);
  const findings = change === null ? [] : [change];
  const garbage = findGarbage(manifest, staged, { now, sweepAfterMs });
  const [example] = garbage;
  if (example !== undefined) {
    const message = `${garbage.length} objects at the stage that the manifest does not name, ${example.key} among them`;
    findings.push({
      hour,
      kind: "garbage",
      type: null,
      message,
      automatic: true,
    });
  }
  return [
    ...findings,
    ...judgeLoads(catalog.types.values(), manifest, ledger),
    ...judgeQuarantine(hour, quarantined, ledger, {
      now,
      sweepAfterMs,
      quarantineDays: catalog.retention.quarantineDays,
      catalogued: new Set(catalog.types.keys()),
    }),
  ];
}

function isSettled(catalog: Catalog, hour: FolderHour, now: Date): boolean {
  const endMs = startOf(addHours(hour, 1)).getTime();
  return now.getTime() >= endMs + catalog.settleMinutes * 60_000;
}
