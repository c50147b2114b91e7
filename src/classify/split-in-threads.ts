import type { Worker } from "node:worker_threads";
import {
  DataRefusedError,
  ObjectChangedError,
  ServiceError,
} from "../errors.js";
import type { ObjectInfo } from "../ports/object-store.js";
import { dealInputs } from "./deal-inputs.js";
import { addCounts } from "./split-counts.js";
import type { NextInput } from "./open-inputs.js";
import type { ObjectsSplit } from "./split-objects.js";
import type {
  SplitThreadData,
  ThreadAnswer,
  ThreadMessage,
} from "./split-thread.js";
import type { SplitTask } from "./split-task.js";
import type { SpooledPart } from "./spool.js";

/** Starts the thread that runs `runSplitThread` with this data. */
export type StartSplitThread = (data: SplitThreadData) => Worker;

export interface ThreadedSplit {
  readonly task: SplitTask;
  /** URL of the object store. */
  readonly source: string;
  readonly spoolFolder: string;
  readonly workers: number;
}

/**
 * splitObjects in several threads, each with its own scanner, spool and connection; an object is read by one of them.
 * The lines of one object stay in their order, those of different objects may lie in different parts.
 */
export async function splitInThreads(
  { task, source, spoolFolder, workers }: ThreadedSplit,
  startThread: StartSplitThread,
  inputs: readonly ObjectInfo[],
  upload: (part: SpooledPart) => Promise<void>,
): Promise<ObjectsSplit> {
  const threads: Worker[] = [];
  try {
    for (let index = 0; index < workers; index += 1)
      threads.push(
        startThread({ task, source, spoolFolder, name: `${index}` }),
      );
    const deals = dealInputs(inputs, workers);
    const splits = await Promise.all(
      threads.map((thread, index) =>
        serveThread(thread, () => deals.next(index), upload),
      ),
    );
    return {
      counts: addCounts(splits.map((split) => split.counts)),
      splitter: splits.every((split) => split.splitter === "scanner")
        ? "scanner"
        : "json_parse",
    };
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function serveThread(
  thread: Worker,
  nextInput: NextInput,
  upload: (part: SpooledPart) => Promise<void>,
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
          void upload(message.part).then(() => {
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
    thread.on("error", reject);
    thread.on("exit", (code) => {
      reject(new ServiceError(`a thread ended with code ${code} in its work`));
    });
  });
}

function restoreError(code: string | null, message: string): Error {
  switch (code) {
    case "DATA_REFUSED":
      return new DataRefusedError(message);
    case "OBJECT_CHANGED":
      return new ObjectChangedError(message);
    case null:
      return new Error(message);
    default:
      return new ServiceError(message);
  }
}
