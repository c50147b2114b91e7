import type { Catalog } from "../catalog/catalog.js";
import { hourPath, type FolderHour } from "../folder-hour.js";
import type { Log } from "../log.js";
import type { ObjectInfo, ObjectStore } from "../ports/object-store.js";
import { deleteFiles } from "./hour-files.js";
import { openSpoolFolder } from "./spool-folder.js";
import { createSpool, type SpooledPart } from "./spool.js";
import { setAsideName } from "./split-counts.js";
import { splitInThreads, type StartSplitThread } from "./split-in-threads.js";
import { splitObjects, type ObjectsSplit } from "./split-objects.js";
import {
  createSplitTask,
  defaultConcurrency,
  type SplitLimits,
} from "./split-task.js";
import { createUploads, type StagedFile } from "./upload-parts.js";

/** Less than this a thread is not worth its start. */
const threadBytes = 8 * 1024 ** 2;

export interface StageSplitOptions extends SplitLimits {
  readonly catalog: Catalog;
  readonly hour: FolderHour;
  /** Local folder for the parts before their upload, at most as large as the hour; may be shared with other runs. */
  readonly spoolDir: string;
  /** Bound to the run and the hour. */
  readonly log: Log;
  /** Threads that split objects at the same time, at most; 1 where it is missing. */
  readonly workers?: number;
}

export interface SplitPorts {
  readonly source: ObjectStore;
  readonly stage: ObjectStore;
  /** Without it, `workers` is 1. */
  readonly startSplitThread?: StartSplitThread;
}

/** A split whose files stand at the stage, where nobody sees them before a manifest names them. */
export interface StagedSplit extends ObjectsSplit {
  readonly files: readonly StagedFile[];
  readonly workers: number;
  /** Deletes the files, as far as it can. What stays is swept by the hour's next commit. */
  discard(): Promise<void>;
}

/**
 * Splits the objects into one file set per type, under names that carry `run`. Throws DataRefusedError where the data is
 * damaged, ObjectChangedError where an object is no longer what `inputs` says; its files are deleted then.
 */
export async function stageSplit(
  options: StageSplitOptions,
  { source, stage, startSplitThread }: SplitPorts,
  run: string,
  inputs: readonly ObjectInfo[],
): Promise<StagedSplit> {
  const { catalog, hour, log } = options;
  const sizeBytes = inputs.reduce((sum, input) => sum + input.sizeBytes, 0);
  const workers =
    startSplitThread === undefined
      ? 1
      : Math.max(
          1,
          Math.min(
            options.workers ?? 1,
            inputs.length,
            Math.floor(sizeBytes / threadBytes),
          ),
        );
  const task = createSplitTask(catalog, options, workers);
  const spoolFolder = await openSpoolFolder(options.spoolDir, run);
  const uploads = createUploads(
    stage,
    options.concurrency ?? defaultConcurrency,
  );
  const partsByName = new Map<string, number>();
  /** Of the part; rejects where an upload failed. */
  const upload = (part: SpooledPart): Promise<void> => {
    const index = partsByName.get(part.name) ?? 0;
    partsByName.set(part.name, index + 1);
    const compress =
      catalog.compression === "gzip" && part.name !== setAsideName;
    const number = String(index).padStart(5, "0");
    const file =
      part.name === setAsideName && index === 0 ? run : `${run}-${number}`;
    const key = `${part.name}/${hourPath(hour)}/${file}.ndjson${compress ? ".gz" : ""}`;
    return uploads.add(part, key, compress);
  };
  const discard = async (): Promise<void> => {
    uploads.stop();
    await deleteFiles(stage, await uploads.settle()).catch((error: unknown) => {
      log.warn(
        { files_of: run, problem: String(error) },
        "could not remove staged files",
      );
    });
  };

  const rest = [...inputs];
  try {
    const split =
      startSplitThread !== undefined && workers > 1
        ? await splitInThreads(
            {
              task,
              source,
              spoolFolder: spoolFolder.path,
              workers,
            },
            startSplitThread,
            inputs,
            { upload, backlog: () => uploads.backlog() },
          )
        : await splitObjects(
            task,
            source,
            () => Promise.resolve(rest.shift() ?? null),
            createSpool({ folder: spoolFolder.path, ...task }, (part) => {
              // A failure comes out of the backlog, or at the end.
              upload(part).catch(() => undefined);
            }),
            () => uploads.backlog(),
          );
    if (split.splitter === "json_parse") {
      log.warn(
        {},
        "lines are split by JSON.parse, which takes several times as long: this Node has no WebAssembly SIMD, or type_key is longer than the scanner's tables",
      );
    }
    return { ...split, workers, files: await uploads.finish(), discard };
  } catch (error) {
    await discard();
    throw error;
  } finally {
    await uploads.settle();
    await spoolFolder.remove().catch((error: unknown) => {
      log.warn(
        { files_of: run, problem: String(error) },
        "could not remove the spool folder",
      );
    });
  }
}
