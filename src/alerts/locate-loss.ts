import { countOf } from "../count-of.js";
import type { LossStage } from "./model.js";

/** What came in at the source, beside what usually does. */
export interface Arrival {
  readonly bytes: number;
  readonly objects: number;
  /** Of the same time of day on the days before, and of the same hour of the weeks before; null where too few of those are known. */
  readonly usual: { readonly bytes: number; readonly objects: number } | null;
  /** Objects that are at the source now, and that the classification did not read. */
  readonly unread: number;
}

/** What the classification made of the hour. */
export interface SplitCounts {
  /** Lines set aside beyond their usual share. */
  readonly setAsideMore: number;
  /** In words, the most frequent first. */
  readonly reasons: readonly string[];
  /** Rows of types that the catalog lacks, beyond the usual. */
  readonly unknownMore: number;
  readonly unknownTypes: readonly string[];
}

/** What became of one type's rows. */
export interface TypeCounts {
  readonly expected: number;
  /** Null: there is no count. */
  readonly staged: number | null;
  /** Null: never loaded. */
  readonly loaded: number | null;
  readonly setAsideByLoad: number;
}

export interface LocatedLoss {
  readonly stage: LossStage;
  readonly details: readonly string[];
}

/** A stage is named where it lost this share of what is missing. */
const mainShare = 0.5;

/** The first stage of the pipe at which most of what a type lacks is lost. */
export function locateLoss(
  counts: TypeCounts,
  arrival: Arrival | null,
  split: SplitCounts | null,
): LocatedLoss {
  const loaded = counts.loaded ?? 0;
  const staged = counts.staged ?? loaded + counts.setAsideByLoad;
  const lacking = Math.max(1, counts.expected - loaded);
  if (staged - loaded >= mainShare * lacking)
    return { stage: "load", details: [describeLoad(counts, staged)] };
  const details = arrival === null ? [] : [describeArrival(arrival)];
  if (arrival !== null && arrival.unread > 0)
    return {
      stage: "classify",
      details: [
        `${countOf(arrival.unread, "object at the source was", "objects at the source were")} not read: they came, or changed, after the hour was classified.`,
        ...details,
      ],
    };
  const lostShare = 1 - staged / Math.max(1, counts.expected);
  if (arrival !== null && lostAtSource(arrival) >= mainShare * lostShare)
    return { stage: "source", details };
  if (split !== null && split.setAsideMore >= mainShare * lacking)
    return {
      stage: "set_aside",
      details: [
        `${countOf(Math.round(split.setAsideMore), "line more than usual was", "lines more than usual were")} set aside: ${split.reasons.join(", ")}.`,
        ...details,
      ],
    };
  if (split !== null && split.unknownMore >= mainShare * lacking)
    return {
      stage: "classify",
      details: [
        `${countOf(Math.round(split.unknownMore), "row more than usual is", "rows more than usual are")} of types that the catalog lacks: ${split.unknownTypes.join(", ")}. Was the type renamed?`,
        ...details,
      ],
    };
  return {
    stage: "source",
    details: [...details, "Its lines did not come with the others."],
  };
}

/** The share of the usual bytes, or objects, that did not come. */
function lostAtSource({ bytes, objects, usual }: Arrival): number {
  if (usual === null) return bytes === 0 ? 1 : 0;
  return Math.max(
    1 - bytes / Math.max(1, usual.bytes),
    1 - objects / Math.max(1, usual.objects),
  );
}

function describeLoad(counts: TypeCounts, staged: number): string {
  if (counts.loaded === null)
    return `${countOf(staged, "row is", "rows are")} staged, and were never loaded.`;
  const setAside = counts.setAsideByLoad;
  if (setAside > 0 && staged > counts.loaded + setAside)
    return `${countOf(staged, "row is", "rows are")} staged, ${counts.loaded} are loaded, and ${setAside} were set aside by the load.`;
  return setAside > 0
    ? `The load set ${setAside} of ${countOf(staged, "row")} aside.`
    : `${countOf(staged, "row is", "rows are")} staged, ${counts.loaded} are loaded.`;
}

export function describeArrival({ bytes, objects, usual }: Arrival): string {
  const came = `${countOf(objects, "object")} of ${countOf(bytes, "byte")} came to the source`;
  return usual === null
    ? `${came}; too few hours before are known to say what is usual.`
    : `${came}; usual are ${usual.objects} of ${usual.bytes}.`;
}
