import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UsageError } from "../errors.js";

/** One file as it is to be; null: not there. */
export interface FileChange {
  readonly file: string;
  readonly text: string | null;
}

const draftEnd = ".sluice-add.tmp";

/**
 * Writes all files under other names first, then renames them in their order: each is the old one or the new one whole, at any moment.
 * `beforeRenames` may still stop it with nothing changed. Throws UsageError where a folder can't be written to.
 */
export async function replaceFiles(
  changes: readonly FileChange[],
  beforeRenames: () => Promise<void> = () => Promise.resolve(),
  renameFile: (from: string, to: string) => Promise<void> = rename,
): Promise<void> {
  const drafts: { draft: string; file: string }[] = [];
  const cleared = new Set<string>();
  let current = "";
  try {
    for (const { file, text } of changes) {
      current = file;
      if (text === null) continue;
      const folder = dirname(file);
      if (!cleared.has(folder)) {
        await mkdir(folder, { recursive: true });
        await removeLeftovers(folder);
        cleared.add(folder);
      }
      // Not the file's own name, which may be as long as a name can be.
      const draft = join(folder, `.${drafts.length}.${process.pid}${draftEnd}`);
      drafts.push({ draft, file });
      await writeFile(draft, text, { flush: true });
    }
    await beforeRenames();
  } catch (error) {
    await removeDrafts(drafts);
    throw translate(error, current);
  }
  try {
    for (const { draft, file } of drafts) {
      current = file;
      await renameFile(draft, file);
    }
    for (const { file, text } of changes) {
      current = file;
      if (text === null) await rm(file, { force: true });
    }
  } catch (error) {
    await removeDrafts(drafts);
    throw translate(error, current, "; run the same command again to finish");
  }
}

async function removeDrafts(drafts: readonly { draft: string }[]) {
  for (const { draft } of drafts)
    // What failed before is the error to tell.
    await rm(draft, { force: true }).catch(() => undefined);
}

/** Of processes that were killed. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(draftEnd)) continue;
    const pid = Number(/\.(\d+)$/.exec(name.slice(0, -draftEnd.length))?.[1]);
    if (!isRunning(pid)) await rm(join(folder, name), { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function translate(error: unknown, file: string, more = ""): unknown {
  const isSystem =
    error instanceof Error && "syscall" in error && "code" in error;
  if (!isSystem) return error;
  const code = String(error.code);
  const words = describeCode(code, file);
  return new UsageError(
    `${dirname(file)} can't be written to: ${words} (${code})${more}`,
    { cause: error },
  );
}

function describeCode(code: string, file: string): string {
  switch (code) {
    case "EACCES":
      return "no permission; grant this user write access to it";
    case "EPERM":
      return "not permitted; grant this user write access to it";
    case "EROFS":
      return "its file system is read-only; name a folder that may be written";
    case "ENOSPC":
      return "the disk is full; make room";
    case "EDQUOT":
      return "the disk quota is used up; make room";
    case "ENOTDIR":
    case "EEXIST":
      return "a part of its path is a file; move that away, or name another folder";
    case "EISDIR":
    case "ENOTEMPTY":
      return `a folder has the name of the file ${basename(file)}; move it away`;
    case "ENAMETOOLONG":
      return `the name of ${basename(file)} is longer than its file system allows`;
    default:
      return "the file system failed";
  }
}
