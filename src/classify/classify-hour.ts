import { randomBytes } from "node:crypto";
import type { Catalog } from "../catalog/catalog.js";
import { NotReadyError, ObjectChangedError, ServiceError } from "../errors.js";
import {
  addHours,
  hourPath,
  startOf,
  type FolderHour,
} from "../folder-hour.js";
import type { Log } from "../log.js";
import type { ObjectInfo, ObjectStore } from "../ports/object-store.js";
import { buildManifest } from "./build-manifest.js";
import { commitHour, deleteFiles } from "./commit-hour.js";
import { maxLineBytes } from "./cut-blocks.js";
import type { Manifest } from "./manifest.js";
import { readManifest } from "./read-manifest.js";
import { setAsideName, splitHour } from "./split-hour.js";
import { openSpoolFolder } from "./spool-folder.js";
import { createSpool } from "./spool.js";
import { createUploads } from "./upload-parts.js";

/** A failed upload repeats at most this much; compressed, it stays well below the 4 GB that BigQuery takes in one gzip file. */
const defaultPartSizeBytes = 1024 ** 3;

/** How often an hour is begun anew because its source changed, or another run was first. */
const maxAttempts = 5;

export interface ClassifyHourOptions {
  readonly catalog: Catalog;
  readonly hour: FolderHour;
  readonly now: () => Date;
  /** Local folder for the parts before their upload, at most as large as the hour; may be shared with other runs. */
  readonly spoolDir: string;
  readonly log: Log;
  /** Source objects read ahead, and parts uploaded at once. */
  readonly concurrency?: number;
  readonly partSizeBytes?: number;
  readonly maxLineBytes?: number;
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
}

export interface ClassifyPorts {
  readonly source: ObjectStore;
  readonly stage: ObjectStore;
}

/**
 * Splits one folder hour into a file set per type and commits it by its manifest; killed at any moment and run again,
 * or run twice at once, it ends the same. Throws NotReadyError before the hour has settled or where it has no source
 * objects, DataRefusedError where the data is damaged; nothing is committed then.
 */
export async function classifyHour(
  options: ClassifyHourOptions,
  ports: ClassifyPorts,
): Promise<ClassifyHourResult> {
  const { hour, log } = options;
  refuseUnsettled(options);
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    try {
      const result = await attemptHour(options, ports);
      if (result !== null) return { ...result, attempts: attempt };
      log.warn(
        { hour, attempt },
        "another run committed this hour first; starting over",
      );
    } catch (error) {
      if (!(error instanceof ObjectChangedError) || attempt === maxAttempts)
        throw error;
      log.warn(
        { hour, attempt, problem: error.message },
        "the source changed; starting over",
      );
    }
  }
  throw new ServiceError(
    `${ports.stage.url}: ${hour}: other runs committed this hour ${maxAttempts} times while it was classified; let one finish, and run again`,
  );
}

function refuseUnsettled({ catalog, hour, now }: ClassifyHourOptions): void {
  const ready = new Date(
    startOf(addHours(hour, 1)).getTime() + catalog.settleMinutes * 60_000,
  );
  const time = now();
  if (time >= ready) return;
  throw new NotReadyError(
    `${hour} may be classified from ${ready.toISOString()} (its end and ${catalog.settleMinutes} minutes for late lines); it is ${time.toISOString()}`,
  );
}

/** Null where another run was first with something else. */
async function attemptHour(
  options: ClassifyHourOptions,
  { source, stage }: ClassifyPorts,
): Promise<Omit<ClassifyHourResult, "attempts"> | null> {
  const { catalog, hour, now, concurrency = 4 } = options;
  const run = (options.newRunId ?? randomRunId)();
  const previous = await readManifest(stage, hour);
  const inputs = await listInputs(options, source);
  const spoolFolder = await openSpoolFolder(options.spoolDir, run);
  const uploads = createUploads(stage, concurrency);
  let mayStand = false;
  try {
    const spool = createSpool(
      spoolFolder.path,
      options.partSizeBytes ?? defaultPartSizeBytes,
      (part) => {
        const compress =
          catalog.compression === "gzip" && part.name !== setAsideName;
        const number = String(part.index).padStart(5, "0");
        const file =
          part.name === setAsideName && part.index === 0
            ? run
            : `${run}-${number}`;
        const key = `${part.name}/${hourPath(hour)}/${file}.ndjson${compress ? ".gz" : ""}`;
        return uploads.add(part, key, compress);
      },
    );
    const counts = await splitHour(catalog, source, inputs, spool, {
      concurrency,
      maxLineBytes: options.maxLineBytes ?? maxLineBytes,
    });
    await spool.close();
    const manifest = buildManifest({
      catalog,
      hour,
      run,
      seq: (previous?.manifest.seq ?? 0) + 1,
      finishedAt: now(),
      inputs,
      counts,
      uploaded: await uploads.finish(),
    });
    mayStand = true;
    const commit = await commitHour(stage, catalog, manifest, previous);
    if (commit.outcome === "committed") {
      return { manifest, adopted: false, bytesRead: counts.bytes };
    }
    mayStand = false;
    return commit.outcome === "adopted"
      ? { manifest: commit.manifest, adopted: true, bytesRead: counts.bytes }
      : null;
  } finally {
    const keys = await uploads.settle();
    if (!mayStand) {
      // What stays here is swept by the next commit; the error that led here says more.
      await deleteFiles(stage, keys).catch((error: unknown) => {
        options.log.warn(
          { hour, run, problem: String(error) },
          "could not remove staged files",
        );
      });
    }
    await spoolFolder.remove();
  }
}

async function listInputs(
  { catalog, hour }: ClassifyHourOptions,
  source: ObjectStore,
): Promise<ObjectInfo[]> {
  const prefix = `${hourPath(hour)}/`;
  const inputs: ObjectInfo[] = [];
  for await (const info of source.list(prefix)) inputs.push(info);
  if (inputs.length === 0 && !catalog.allowEmpty) {
    throw new NotReadyError(
      `${source.url}: no objects under ${prefix}. Has the shipper run? Where an hour may be empty, say allow_empty: true in ${catalog.file}`,
    );
  }
  return inputs;
}

function randomRunId(): string {
  return randomBytes(8).toString("hex");
}
