import { countOf } from "../count-of.js";
import type { FolderHour } from "../folder-hour.js";
import { bindLog } from "../bind-log.js";
import type { Log } from "../log.js";
import type { Manifest, SetAsideReason } from "./manifest.js";

const unknownTypesTold = 20;

/** What a manifest counts, without its files. */
export interface ManifestCounts {
  readonly hour: FolderHour;
  readonly seq: number;
  readonly run: string;
  readonly lines: number;
  readonly blank: number;
  readonly set_aside: {
    readonly rows: number;
    readonly reasons: Readonly<Partial<Record<SetAsideReason, number>>>;
  };
  /** Rows by type, those that the catalog lacks included. */
  readonly types: Readonly<Record<string, number>>;
  /** Types that the catalog lacks: staged, and to be catalogued. */
  readonly unknown_types: readonly string[];
}

export function describeManifest(manifest: Manifest): ManifestCounts {
  const types = Object.entries(manifest.types);
  const { rows, reasons } = manifest.set_aside;
  return {
    hour: manifest.hour,
    seq: manifest.seq,
    run: manifest.run,
    lines: manifest.lines,
    blank: manifest.blank,
    set_aside: { rows, reasons },
    types: Object.fromEntries(types.map(([name, type]) => [name, type.rows])),
    unknown_types: types
      .filter(([, type]) => !type.catalogued)
      .map(([name]) => name),
  };
}

/** Logs that the hour is classified, and what somebody should look at. */
export function logManifest(
  given: Log,
  { hour, seq, run, lines, set_aside, unknown_types }: ManifestCounts,
): void {
  const log = bindLog(given, { run, hour, type: null });
  if (unknown_types.length > 0) {
    log.warn(
      { types: unknown_types.slice(0, unknownTypesTold) },
      `${countOf(unknown_types.length, "type is", "types are")} not in the catalog; the rows are staged; once they have an entry there, the hours from start_date on are loaded`,
    );
  }
  if (set_aside.rows > 0) {
    log.warn(
      { ...set_aside },
      `${countOf(set_aside.rows, "line was", "lines were")} set aside`,
    );
  }
  log.info({ seq, lines }, "classified");
}
