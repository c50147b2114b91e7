import {
  closeSync,
  constants,
  fsync,
  futimesSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type { ObjectInfo } from "../ports/object-store.js";
import { codeOf } from "./file-error.js";
import { describeFile } from "./file-listing.js";

// What takes microseconds is done at once: a trip to the thread pool costs ten times as much. Only fsync is waited for.

const sync = promisify(fsync);

/**
 * Makes the file's folders. They last when the innermost one is synced, as replaceFile does: file systems that keep a
 * journal write it in order. The one that the outermost stands in is synced as well, for those that do not.
 */
export async function makeParents(path: string): Promise<void> {
  const first = mkdirSync(dirname(path), { recursive: true });
  if (first !== undefined) await syncPath(dirname(first));
}

/** Moves a file, whose bytes last then. False where the two lie on different file systems, and nothing was done. */
export async function moveFile(from: string, to: string): Promise<boolean> {
  await syncPath(from, (file) => {
    // What stood still for long in the private folder is swept.
    const now = new Date();
    futimesSync(file, now, now);
  });
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "EXDEV") return false;
    throw error;
  }
}

/** Puts a file in the place of `path`, so that it lasts. */
export async function replaceFile(
  temporary: string,
  path: string,
  key: string,
): Promise<ObjectInfo> {
  renameSync(temporary, path);
  await syncPath(dirname(path));
  return describeFile(key, statSync(path, { bigint: true }));
}

/** Removes what is left of a write; what can't be removed is swept later. */
export function removeTemporary(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The write's own outcome says more.
  }
}

async function syncPath(
  path: string,
  use: (file: number) => void = () => undefined,
): Promise<void> {
  const file = openSync(path, constants.O_RDONLY);
  try {
    await sync(file);
    use(file);
  } finally {
    closeSync(file);
  }
}
