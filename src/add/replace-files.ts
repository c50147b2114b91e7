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
  beforeRenames: () => Promise<void>,
  renameFile: (from: string, to: string) => Promise<void> = rename,
): Promise<void> {
  const drafts: { draft: string; file: string }[] = [];
  try {
    for (const { file, text } of changes) {
      if (text === null) continue;
      const folder = dirname(file);
      await mkdir(folder, { recursive: true });
      await removeLeftovers(folder);
      const draft = join(
        folder,
        `.${basename(file)}.${process.pid}${draftEnd}`,
      );
      drafts.push({ draft, file });
      await writeFile(draft, text, { flush: true });
    }
    await beforeRenames();
  } catch (error) {
    for (const { draft } of drafts) await rm(draft, { force: true });
    throw translate(error);
  }
  try {
    for (const { draft, file } of drafts) await renameFile(draft, file);
    for (const { file, text } of changes)
      if (text === null) await rm(file, { force: true });
  } catch (error) {
    for (const { draft } of drafts) await rm(draft, { force: true });
    throw translate(error, "; run the same command again to finish");
  }
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

function translate(error: unknown, more = ""): unknown {
  const isSystem =
    error instanceof Error && "syscall" in error && "code" in error;
  return isSystem
    ? new UsageError(`${error.message}${more}`, { cause: error })
    : error;
}
