import { countOf } from "../count-of.js";
import { randomBytes } from "node:crypto";
import { bindLog } from "../bind-log.js";
import type { Catalog } from "../catalog/catalog.js";
import { NotReadyError, ObjectChangedError, ServiceError } from "../errors.js";
import {
  addHours,
  hourPath,
  startOf,
  type FolderHour,
} from "../folder-hour.js";
import type { ObjectInfo, ObjectStore } from "../ports/object-store.js";
import { buildManifest } from "./build-manifest.js";
import { commitHour } from "./commit-hour.js";
import type { Manifest } from "./manifest.js";
import { readManifest } from "./read-manifest.js";
import { refuseCounts } from "./refuse-counts.js";
import type { Splitter } from "./splitter.js";
import {
  stageSplit,
  type SplitPorts,
  type StageSplitOptions,
} from "./stage-split.js";

/** How often an hour is begun anew because its source changed, or another run was first. */
const maxAttempts = 5;

export interface ClassifyHourOptions extends StageSplitOptions {
  readonly now: () => Date;
  /** Asked at every attempt; must never give the same again. */
  readonly newRunId?: () => string;
}

export interface ClassifyHourResult {
  /** The manifest that stands now. */
  readonly manifest: Manifest;
  /** Another run's, of the same objects by the same rules, was first, and is as good as ours. */
  readonly adopted: boolean;
  readonly attempts: number;
  /** Decompressed. */
  readonly bytesRead: number;
  /** Threads that split. */
  readonly workers: number;
  readonly splitter: Splitter["kind"];
}

/**
 * Splits one folder hour into a file set per type and commits it by its manifest; killed at any moment and run again,
 * or run twice at once, it ends the same. Throws NotReadyError before the hour has settled or where it has no source
 * objects, DataRefusedError where the data is damaged; nothing is committed then.
 */
export async function classifyHour(
  options: ClassifyHourOptions,
  ports: SplitPorts,
): Promise<ClassifyHourResult> {
  const { catalog, hour } = options;
  refuseUnsettled(catalog, hour, options.now());
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const run = (options.newRunId ?? randomRunId)();
    const log = bindLog(options.log, { run, hour, type: null });
    try {
      const result = await attemptHour({ ...options, log }, ports, run);
      if (result !== null) return { ...result, attempts: attempt };
      log.warn(
        { attempt },
        "another run committed this hour first; starting over",
      );
    } catch (error) {
      if (!(error instanceof ObjectChangedError) || attempt === maxAttempts)
        throw error;
      log.warn(
        { attempt, problem: error.message },
        "the source changed; starting over",
      );
    }
  }
  throw new ServiceError(
    `${ports.stage.url}: ${hour}: other runs committed this hour ${maxAttempts} times while it was classified; let one finish, and run again`,
  );
}

/** Throws NotReadyError before the hour's end and the time for its late lines. */
export function refuseUnsettled(
  catalog: Catalog,
  hour: FolderHour,
  time: Date,
): void {
  const ready = new Date(
    startOf(addHours(hour, 1)).getTime() + catalog.settleMinutes * 60_000,
  );
  if (time >= ready) return;
  throw new NotReadyError(
    `${hour} may be classified from ${ready.toISOString()} (its end and ${catalog.settleMinutes} minutes for late lines); it is ${time.toISOString()}`,
  );
}

/** Null where another run was first with something else. */
async function attemptHour(
  options: ClassifyHourOptions,
  ports: SplitPorts,
  run: string,
): Promise<Omit<ClassifyHourResult, "attempts"> | null> {
  const { catalog, hour, now, log } = options;
  const { source, stage } = ports;
  const previous = await readManifest(stage, hour);
  const inputs = await listInputs(catalog, hour, source);
  const split = await stageSplit(options, ports, run, inputs);
  const { counts, files, workers, splitter } = split;
  let manifest: Manifest;
  try {
    refuseCounts(catalog, source.url, counts);
    manifest = buildManifest({
      catalog,
      hour,
      run,
      seq: (previous?.manifest.seq ?? 0) + 1,
      finishedAt: now(),
      inputs,
      counts,
      files,
    });
  } catch (error) {
    await split.discard();
    throw error;
  }
  const work = { bytesRead: counts.bytes, workers, splitter };
  const commit = await commitHour(stage, catalog, manifest, previous, log);
  if (commit.outcome === "committed")
    return { ...work, manifest, adopted: false };
  await split.discard();
  if (commit.outcome === "gone")
    throw new ServiceError(
      `${stage.url}: ${hour}: ${countOf(commit.files.length, "file")} that run ${run} staged ${commit.files.length === 1 ? "is" : "are"} gone, ${commit.files[0] ?? ""} among them; nothing was committed. See what else deletes there, and run again`,
    );
  return commit.outcome === "adopted"
    ? { ...work, manifest: commit.manifest, adopted: true }
    : null;
}

/** The hour's source objects. Throws NotReadyError where there are none, save where the catalog allows it. */
export async function listInputs(
  catalog: Catalog,
  hour: FolderHour,
  source: ObjectStore,
): Promise<ObjectInfo[]> {
  const prefix = `${hourPath(hour)}/`;
  const inputs: ObjectInfo[] = [];
  for await (const info of source.list(prefix)) {
    // Consoles make an empty object where they show a folder.
    if (info.sizeBytes === 0 && info.key.endsWith("/")) continue;
    inputs.push(info);
  }
  if (inputs.length === 0 && !catalog.allowEmpty) {
    throw new NotReadyError(
      `${source.url}: no objects under ${prefix}. Has the shipper run? Where an hour may be empty, say allow_empty: true in ${catalog.file}`,
    );
  }
  return inputs;
}

export function randomRunId(): string {
  return randomBytes(8).toString("hex");
}
