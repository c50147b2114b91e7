import type { FolderHour } from "../folder-hour.js";

/**
 * `not_classified`: source objects, no manifest, and no load of the hour. `manifest_gone`: source objects, no manifest, but
 * the ledger has loads of the hour. `source_changed`: objects came, or are others, since the manifest.
 * `source_gone`: objects that the manifest read are at the source no more. `manifest_damaged`: it can't be read.
 * `not_loaded`: the ledger has no load of the manifest's seq and run, or counts otherwise. `ledger_newer`: its seq is higher than
 * the manifest's. `garbage`: objects of the hour at the stage that the manifest does not name. `quarantine_gone`: the file of
 * rows that a load set aside is not there. `quarantine_left`: such files that no load names.
 */
export type FindingKind =
  | "not_classified"
  | "manifest_gone"
  | "source_changed"
  | "source_gone"
  | "manifest_damaged"
  | "not_loaded"
  | "ledger_newer"
  | "garbage"
  | "quarantine_gone"
  | "quarantine_left";

/** One thing that is undone. Printed as it is by `--json`. */
export interface Finding {
  readonly hour: FolderHour;
  readonly kind: FindingKind;
  /** The log type, where it is about one. */
  readonly type: string | null;
  /** What was found, and where a person must decide, what to do. */
  readonly message: string;
  /** False: only a person can know what to do. */
  readonly automatic: boolean;
}
