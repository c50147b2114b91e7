import type { Manifest, ManifestType } from "../classify/manifest.js";
import type { FolderHour } from "../folder-hour.js";
import type { Band } from "../watch/model.js";
import { countOf } from "../count-of.js";
import { describeBand } from "./format-amounts.js";
import type { AlertFinding, UndoneHour } from "./model.js";
import type { TypeLoad } from "./read-history.js";

/** What a type's hour is to get yet. */
export interface UndoneType {
  readonly seq: number;
  /** The classification that waits. */
  readonly run?: string;
  /** Rows that its table has of the hour, those that the load set aside included. */
  readonly found: number;
  /** What is staged; null where the manifest lacks the type. */
  readonly waiting: { readonly rows: number; readonly bytes: number } | null;
  readonly detail: string;
}

/** Null where nothing is left to load. */
export function findUndoneType(
  type: string,
  manifest: Manifest | null,
  load: TypeLoad | undefined,
  before: readonly TypeLoad[],
): UndoneType | null {
  if (manifest === null) return null;
  const staged = manifest.types[type];
  if (staged === undefined)
    // Without loads before, the catalog has only just got the type.
    return load === undefined && before.length > 0
      ? {
          seq: manifest.seq + 1,
          found: 0,
          waiting: null,
          detail:
            "The manifest lacks the type: the hour was classified by a catalog without it.",
        }
      : null;
  const found = load === undefined ? 0 : load.rows + load.setAside;
  if (load === undefined ? staged.rows === 0 : isOfLoad(manifest, load))
    return null;
  if (staged.rows <= found) return null;
  return {
    seq: manifest.seq,
    run: manifest.run,
    found,
    waiting: { rows: staged.rows, bytes: sumBytes(staged) },
    detail:
      load === undefined
        ? `${countOf(staged.rows, "row is", "rows are")} staged (seq ${manifest.seq}), and were never loaded.`
        : `${countOf(staged.rows, "row is", "rows are")} staged (seq ${manifest.seq}); the table has the ${load.rows} of seq ${load.seq}.`,
  };
}

/**
 * Whether this load, or one of a later classification, did what was to be done. Where a manifest went away, seq begins anew: the
 * same one may be another classification's.
 */
export function isOfLoad(
  { seq, run }: Pick<UndoneHour, "seq" | "run">,
  load: TypeLoad,
): boolean {
  return (
    load.seq > seq ||
    (load.seq === seq && (run === undefined || load.run === run))
  );
}

/** As a load counts them. */
function sumBytes({ files }: ManifestType): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** @param usual Null: what is staged is expected. */
export function describeUndoneType(
  type: string,
  hour: FolderHour,
  { seq, run, found, waiting, detail }: UndoneType,
  usual: Band | null,
): AlertFinding {
  const staged = waiting?.rows ?? 0;
  return {
    rule: "missing",
    type,
    hour,
    since: hour,
    stage: waiting === null ? "classify" : "load",
    found: `${countOf(found, "row")} loaded`,
    expected:
      usual === null ? `the ${staged} that are staged` : describeBand(usual),
    severity: 1 - found / Math.max(1, staged),
    undone: { type, seq, ...(run !== undefined && { run }) },
    details: [detail],
  };
}
