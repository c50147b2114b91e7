import {
  classifyHour,
  type ClassifyHourOptions,
  type ClassifyPorts,
} from "../src/classify/classify-hour.js";
import type { SetAsideReason } from "../src/classify/manifest.js";
import type { FolderHour } from "../src/folder-hour.js";

export interface ClassifyResult {
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
  /** Another run committed the same at the same time; its files stand. */
  readonly adopted: boolean;
  readonly attempts: number;
  readonly objects: number;
  /** Decompressed. */
  readonly bytes_read: number;
  readonly duration_ms: number;
  readonly peak_rss_bytes: number;
}

/** Classifies one folder hour; see `classifyHour` for what it promises and throws. */
export async function classify(
  options: ClassifyHourOptions,
  ports: ClassifyPorts,
): Promise<ClassifyResult> {
  const started = options.now();
  const { manifest, adopted, attempts, bytesRead } = await classifyHour(
    options,
    ports,
  );
  const types = Object.entries(manifest.types);
  const result: ClassifyResult = {
    hour: manifest.hour,
    seq: manifest.seq,
    run: manifest.run,
    lines: manifest.lines,
    blank: manifest.blank,
    set_aside: {
      rows: manifest.set_aside.rows,
      reasons: manifest.set_aside.reasons,
    },
    types: Object.fromEntries(types.map(([name, type]) => [name, type.rows])),
    unknown_types: types
      .filter(([, type]) => !type.catalogued)
      .map(([name]) => name),
    adopted,
    attempts,
    objects: manifest.inputs.length,
    bytes_read: bytesRead,
    duration_ms: options.now().getTime() - started.getTime(),
    peak_rss_bytes: process.resourceUsage().maxRSS * 1024,
  };
  if (result.unknown_types.length > 0) {
    options.log.warn(
      { hour: result.hour, types: result.unknown_types.slice(0, 20) },
      `${result.unknown_types.length} types are not in the catalog; they are staged, and loaded once it has them`,
    );
  }
  if (result.set_aside.rows > 0) {
    options.log.warn(
      { hour: result.hour, ...result.set_aside },
      `${result.set_aside.rows} lines were set aside`,
    );
  }
  options.log.info(
    {
      hour: result.hour,
      seq: result.seq,
      run: result.run,
      lines: result.lines,
    },
    "classified",
  );
  return result;
}
