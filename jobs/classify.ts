import {
  classifyHour,
  type ClassifyHourOptions,
} from "../src/classify/classify-hour.js";
import type { SplitPorts } from "../src/classify/stage-split.js";
import {
  describeManifest,
  logManifest,
  type ManifestCounts,
} from "../src/classify/describe-manifest.js";

export interface ClassifyResult extends ManifestCounts {
  /** Another run committed the same at the same time; its files stand. */
  readonly adopted: boolean;
  readonly attempts: number;
  readonly objects: number;
  /** Decompressed. */
  readonly bytes_read: number;
  /** Threads that split. */
  readonly workers: number;
  /** `json_parse` where this Node has no WebAssembly SIMD. */
  readonly splitter: "scanner" | "json_parse";
  readonly duration_ms: number;
  readonly peak_rss_bytes: number;
}

/** Classifies one folder hour; see `classifyHour` for what it promises and throws. */
export async function classify(
  options: ClassifyHourOptions,
  ports: SplitPorts,
): Promise<ClassifyResult> {
  const started = options.now();
  const { manifest, adopted, attempts, bytesRead, workers, splitter } =
    await classifyHour(options, ports);
  const result: ClassifyResult = {
    ...describeManifest(manifest),
    adopted,
    attempts,
    objects: manifest.inputs.length,
    bytes_read: bytesRead,
    workers,
    splitter,
    duration_ms: options.now().getTime() - started.getTime(),
    peak_rss_bytes: process.resourceUsage().maxRSS * 1024,
  };
  logManifest(options.log, result);
  return result;
}
