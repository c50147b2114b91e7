import type { Worker } from "node:worker_threads";
import {
  AccessError,
  DataRefusedError,
  MemoryLimitError,
  ObjectChangedError,
  PreconditionFailedError,
  ServiceError,
  UsageError,
} from "../errors.js";
import type { ObjectInfo, ObjectStore } from "../ports/object-store.js";
import { dealInputs } from "./deal-inputs.js";
import { addCounts } from "./split-counts.js";
import type { NextInput } from "./open-inputs.js";
import { splitObjects, type ObjectsSplit } from "./split-objects.js";
import type {
  SplitThreadData,
  ThreadAnswer,
  ThreadMessage,
} from "./split-thread.js";
import type { SplitTask } from "./split-task.js";
import { createSpool, type SpooledPart } from "./spool.js";

/** Starts the thread that runs `runSplitThread` with this data. */
export type StartSplitThread = (data: SplitThreadData) => Worker;

export interface ThreadedSplit {
  readonly task: SplitTask;
  readonly source: ObjectStore;
  readonly spoolFolder: string;
  /** This thread included. */
  readonly workers: number;
}

/** Where the parts go. */
export interface PartUploads {
  /** Resolves when the part is stored; rejects where it, or one before it, failed. */
  upload(part: SpooledPart): Promise<void>;
  /** Null, or a promise where so many parts wait that no more should be made before it is over; rejects after a failure. */
  backlog(): Promise<void> | null;
}

/**
 * splitObjects in this thread and others beside it, each with its own scanner, spool and connection; an object is read
 * by one of them. The lines of one object stay in their order, those of different objects may lie in different parts.
 */
export async function splitInThreads(
  { task, source, spoolFolder, workers }: ThreadedSplit,
  startThread: StartSplitThread,
  inputs: readonly ObjectInfo[],
  uploads: PartUploads,
): Promise<ObjectsSplit> {
  const deals = dealInputs(inputs, workers);
  const threads: Worker[] = [];
  let isStopped = false;
  let stop: (error: unknown) => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = (error) => {
      isStopped = true;
      reject(error instanceof Error ? error : new Error(String(error)));
    };
  });
  stopped.catch(() => undefined);
  const works: Promise<ObjectsSplit>[] = [];
  const watch = (work: Promise<ObjectsSplit>): void => {
    work.catch(stop);
    works.push(work);
  };
  let own: Promise<ObjectsSplit> | undefined;
  try {
    for (let index = 1; index < workers; index += 1) {
      const thread = startThread({
        task,
        source: source.url,
        spoolFolder,
        name: `thread-${index}`,
      });
      threads.push(thread);
      watch(serveThread(thread, () => deals.next(index), uploads));
    }
    own = splitObjects(
      task,
      source,
      () => Promise.race([stopped, deals.next(0)]),
      createSpool({ folder: spoolFolder, ...task }, (part) => {
        // A failure comes out of the backlog, or at the end.
        uploads.upload(part).catch(() => undefined);
      }),
      () => (isStopped ? stopped : uploads.backlog()),
    );
    watch(own);
    const splits = await Promise.all(works);
    return {
      counts: addCounts(splits.map((split) => split.counts)),
      splitter: splits.every((split) => split.splitter === "scanner")
        ? "scanner"
        : "json_parse",
    };
  } finally {
    // This thread's own work writes to the spool until it has seen that it is stopped.
    await own?.catch(() => undefined);
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function serveThread(
  thread: Worker,
  nextInput: NextInput,
  uploads: PartUploads,
): Promise<ObjectsSplit> {
  const answer = (message: ThreadAnswer): void => {
    thread.postMessage(message);
  };
  return new Promise((resolve, reject) => {
    thread.on("message", (message: ThreadMessage) => {
      switch (message.kind) {
        case "next":
          void nextInput().then((input) => {
            answer({ kind: "input", input });
          }, reject);
          break;
        case "part":
          void uploads.upload(message.part).then(() => {
            answer({ kind: "stored" });
          }, reject);
          break;
        case "done":
          resolve(message.split);
          break;
        case "failed":
          reject(restoreError(message.code, message.message));
          break;
      }
    });
    thread.on("error", (error) => {
      reject(isHeapFull(error) ? heapFullError(error) : error);
    });
    thread.on("exit", (code) => {
      reject(new ServiceError(`a thread ended with code ${code} in its work`));
    });
  });
}

function isHeapFull(error: Error): boolean {
  return "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}

function heapFullError(cause: Error): MemoryLimitError {
  return new MemoryLimitError(
    "a thread that splits has filled its heap, whose size follows the memory limit; classify with fewer --workers, " +
      "or give the pod more memory (airflow.classify.resources.memory in the catalog, then sluice generate)",
    { cause },
  );
}

/** `code` is a SluiceError's; null: a bug. */
function restoreError(code: string | null, message: string): Error {
  switch (code) {
    case "USAGE":
      return new UsageError(message);
    case "DATA_REFUSED":
      return new DataRefusedError(message);
    case "ACCESS":
      return new AccessError(message);
    case "PRECONDITION_FAILED":
      return new PreconditionFailedError(message);
    case "OBJECT_CHANGED":
      return new ObjectChangedError(message);
    case "MEMORY_LIMIT":
      return new MemoryLimitError(message);
    case null:
      return new Error(message);
    default:
      return new ServiceError(message);
  }
}
