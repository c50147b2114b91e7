import type { MessagePort } from "node:worker_threads";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "../errors.js";
import type { ObjectInfo, ObjectStore } from "../ports/object-store.js";
import { spoolError } from "./spool-error.js";
import { createSpool, type SpooledPart } from "./spool.js";
import { splitObjects, type ObjectsSplit } from "./split-objects.js";
import type { SplitTask } from "./split-task.js";

export interface SplitThreadData {
  readonly task: SplitTask;
  /** URL of the object store. */
  readonly source: string;
  readonly spoolFolder: string;
  /** Of the thread's own folder in the spool folder. */
  readonly name: string;
}

/** From a thread to the main one. */
export type ThreadMessage =
  | { readonly kind: "next" }
  | { readonly kind: "part"; readonly part: SpooledPart }
  | { readonly kind: "done"; readonly split: ObjectsSplit }
  /** `code`: of a SluiceError; null: a bug, and `message` is its stack. */
  | {
      readonly kind: "failed";
      readonly code: string | null;
      readonly message: string;
    };

/** From the main thread: the answer to a `next`, or that one of the parts is stored. */
export type ThreadAnswer =
  | { readonly kind: "input"; readonly input: ObjectInfo | null }
  | { readonly kind: "stored" };

/** The work of one thread: splits the objects that it is given until there are no more. */
export async function runSplitThread(
  port: MessagePort,
  source: ObjectStore,
  { task, spoolFolder, name }: SplitThreadData,
): Promise<void> {
  const say = (message: ThreadMessage, moved: ArrayBuffer[] = []): void => {
    port.postMessage(message, moved);
  };
  const inputWaits: ((input: ObjectInfo | null) => void)[] = [];
  let partsUnstored = 0;
  let storedWait: (() => void) | null = null;
  port.on("message", (answer: ThreadAnswer) => {
    if (answer.kind === "input") {
      inputWaits.shift()?.(answer.input);
    } else {
      partsUnstored -= 1;
      storedWait?.();
      storedWait = null;
    }
  });
  try {
    const folder = join(spoolFolder, name);
    await mkdir(folder).catch((error: unknown) => {
      throw spoolError(folder, error);
    });
    const spool = createSpool({ folder, ...task }, (part) => {
      partsUnstored += 1;
      say({ kind: "part", part }, buffersOf(part));
    });
    const split = await splitObjects(
      task,
      source,
      () =>
        new Promise((resolve) => {
          inputWaits.push(resolve);
          say({ kind: "next" });
        }),
      spool,
      () =>
        partsUnstored <= task.partsAhead
          ? null
          : new Promise<void>((resolve) => {
              storedWait = resolve;
            }),
    );
    say({ kind: "done", split });
  } catch (error) {
    say(
      error instanceof SluiceError
        ? { kind: "failed", code: error.code, message: error.message }
        : { kind: "failed", code: null, message: stackOf(error) },
    );
  } finally {
    port.close();
  }
}

function buffersOf({ content }: SpooledPart): ArrayBuffer[] {
  return "bytes" in content && content.bytes.buffer instanceof ArrayBuffer
    ? [content.bytes.buffer]
    : [];
}

function stackOf(error: unknown): string {
  return error instanceof Error
    ? (error.stack ?? error.message)
    : String(error);
}
