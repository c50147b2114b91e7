import pLimit from "p-limit";
import type { Catalog } from "../catalog/catalog.js";
import type { Manifest } from "../classify/manifest.js";
import { addHours, startOf, type FolderHour } from "../folder-hour.js";
import type { ObjectStore } from "../ports/object-store.js";
import type { TypeHour } from "../status/hour-states.js";
import type { HourStatus } from "../status/read-states.js";
import { compareSplit } from "./compare-split.js";
import { countOf } from "../count-of.js";
import {
  locateLoss,
  type Arrival,
  type LocatedLoss,
  type TypeCounts,
} from "./locate-loss.js";
import {
  comparedHours,
  countUnread,
  findUsualArrival,
  leastComparedHours,
  listSourceHour,
  readSoundManifest,
  sumInputs,
  type ArrivedInputs,
} from "./read-arrival.js";
import { findMedian } from "./usual.js";

export interface HourLoss extends LocatedLoss {
  /** Null: the whole hour. */
  readonly type: string | null;
  /** Rows in the table. */
  readonly rows: number;
  /** Rows that the compared hours had in the middle; null where too few of them are known. */
  readonly usual: number | null;
}

export interface FindLossesPorts {
  readonly source: ObjectStore;
  readonly stage: ObjectStore;
  readonly clock: () => Date;
}

/** What is needed of a manifest: hundreds of them are kept. */
interface HourCounts extends ArrivedInputs {
  readonly setAsideShare: number;
  readonly unknownRows: number;
  readonly rows: ReadonlyMap<string, number>;
}

const minuteMs = 60_000;
const readsAtOnce = 16;
/** A type's rows are few below this share of the usual, */
const fewShare = 0.7;
/** below this share of all compared hours but the lowest quarter, which idle days and an earlier loss may fill, */
const belowOthers = 0.75;
/** and by this many standard deviations of a count, which keeps a handful of rows from being one. */
const chanceDeviations = 4;

/**
 * By hour: which types lack rows, and the stage of the pipe that lost them or holds them. Of each hour, 14 manifests before it say what is usual, each read once;
 * the source is listed for hours that are not done or lack rows. An hour that may not be classified yet lacks nothing.
 */
export async function findLosses(
  catalog: Pick<Catalog, "types" | "settleMinutes">,
  statuses: readonly HourStatus[],
  { source, stage, clock }: FindLossesPorts,
): Promise<ReadonlyMap<FolderHour, readonly HourLoss[]>> {
  const limit = pLimit(readsAtOnce);
  const known = new Map<FolderHour, Promise<HourCounts | null>>();
  for (const { hour, manifest } of statuses)
    known.set(
      hour,
      Promise.resolve(manifest === null ? null : countHour(manifest, catalog)),
    );
  const readCounts = (hour: FolderHour): Promise<HourCounts | null> => {
    const counts =
      known.get(hour) ??
      limit(async () => {
        const manifest = await readSoundManifest(stage, hour);
        return manifest === null ? null : countHour(manifest, catalog);
      });
    known.set(hour, counts);
    return counts;
  };
  const ended = statuses.filter(
    ({ hour }) =>
      startOf(addHours(hour, 1)).getTime() + catalog.settleMinutes * minuteMs <=
      clock().getTime(),
  );
  const losses = await Promise.all(
    ended.map(async (status) => {
      const { hour, manifest } = status;
      if (manifest === null)
        return status.types.some(({ loaded }) => loaded !== null)
          ? []
          : [await limit(() => locateNotDone(hour, source))];
      const before = (
        await Promise.all(comparedHours(hour).map(readCounts))
      ).filter((each) => each !== null);
      return locateTypes(catalog, status, manifest, before, () =>
        limit(() => countUnread(hour, manifest, source)),
      );
    }),
  );
  return new Map(ended.map(({ hour }, at) => [hour, losses[at] ?? []]));
}

function countHour(
  manifest: Manifest,
  catalog: Pick<Catalog, "types">,
): HourCounts {
  const { lines, blank, set_aside } = manifest;
  const types = Object.entries(manifest.types);
  return {
    ...sumInputs(manifest),
    setAsideShare: lines > blank ? set_aside.rows / (lines - blank) : 0,
    unknownRows: types
      .filter(([name]) => !catalog.types.has(name))
      .reduce((sum, [, { rows }]) => sum + rows, 0),
    rows: new Map(types.map(([name, { rows }]) => [name, rows])),
  };
}

async function locateNotDone(
  hour: FolderHour,
  source: ObjectStore,
): Promise<HourLoss> {
  const objects = await listSourceHour(source, hour);
  const base = { type: null, rows: 0, usual: null };
  if (objects.length === 0)
    return {
      ...base,
      stage: "source",
      details: ["No objects are at the source."],
    };
  const bytes = objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return {
    ...base,
    stage: "classify",
    details: [
      `${countOf(objects.length, "object")} of ${countOf(bytes, "byte")} are at the source, and were not classified.`,
    ],
  };
}

async function locateTypes(
  catalog: Pick<Catalog, "types">,
  { types }: HourStatus,
  manifest: Manifest,
  before: readonly HourCounts[],
  countUnreadObjects: () => Promise<number>,
): Promise<HourLoss[]> {
  const compared = types.map((cell) => ({
    cell,
    usual: findUsualRows(cell.type, before),
  }));
  const lacking = compared.filter(
    ({ cell, usual }) => isUnloaded(cell) || isFew(cell, usual),
  );
  const few = lacking.filter(({ cell, usual }) =>
    isUnloaded(cell)
      ? isFew({ ...cell, loaded: cell.staged }, usual)
      : isFew(cell, usual),
  );
  const arrival: Arrival | null =
    few.length === 0
      ? null
      : {
          ...sumInputs(manifest),
          usual: findUsualArrival(before),
          unread: await countUnreadObjects(),
        };
  const medianOf = (values: readonly number[]) =>
    values.length === 0 ? 0 : findMedian(values);
  const split = compareSplit(manifest, catalog, {
    setAsideShare: medianOf(before.map(({ setAsideShare }) => setAsideShare)),
    unknownRows: medianOf(before.map(({ unknownRows }) => unknownRows)),
  });
  return lacking.flatMap(({ cell, usual }): HourLoss[] => {
    const { type, staged, loaded, setAsideByLoad } = cell;
    const base = { type, rows: loaded ?? 0, usual: usual?.median ?? null };
    if (!cell.catalogued)
      return [
        {
          ...base,
          stage: "classify",
          details: [
            `${countOf(staged ?? 0, "row is", "rows are")} staged, of a type that the catalog lacks.`,
          ],
        },
      ];
    if (manifest.types[type] === undefined)
      return [
        {
          ...base,
          stage: "classify",
          details: [
            "The manifest lacks the type: the hour was classified by a catalog without it.",
          ],
        },
      ];
    const locate = (counts: TypeCounts): HourLoss => ({
      ...base,
      ...locateLoss(counts, arrival, split),
    });
    const expected = usual?.median ?? 0;
    const counts = { staged, loaded, setAsideByLoad: setAsideByLoad ?? 0 };
    if (!isUnloaded(cell)) return [locate({ expected, ...counts })];
    const waits = locate({ expected: staged ?? 0, ...counts });
    // Those that wait may be too few themselves: that is another loss, at another place.
    const asLoaded = { expected, staged, loaded: staged, setAsideByLoad: 0 };
    return few.some((each) => each.cell === cell)
      ? [locate(asLoaded), waits]
      : [waits];
  });
}

interface UsualRows {
  readonly median: number;
  /** Of the hours compared, the lowest quarter left out. */
  readonly low: number;
}

function findUsualRows(
  type: string,
  before: readonly HourCounts[],
): UsualRows | null {
  const rows = before
    .map((counts) => counts.rows.get(type))
    .filter((each) => each !== undefined)
    .sort((one, other) => one - other);
  if (rows.length < leastComparedHours) return null;
  return {
    median: findMedian(rows),
    low: rows[Math.floor(rows.length / 4)] ?? 0,
  };
}

/** Rows wait at the stage. */
function isUnloaded({ staged, loaded, setAsideByLoad }: TypeHour): boolean {
  return (staged ?? 0) > (loaded ?? 0) + (setAsideByLoad ?? 0);
}

function isFew({ loaded, catalogued }: TypeHour, usual: UsualRows | null) {
  if (usual === null || !catalogued) return false;
  const rows = loaded ?? 0;
  return (
    rows < fewShare * usual.median &&
    rows < belowOthers * usual.low &&
    usual.median - rows >= chanceDeviations * Math.sqrt(usual.median)
  );
}
