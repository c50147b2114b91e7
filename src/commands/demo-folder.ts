import { existsSync, lstatSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { UsageError } from "../errors.js";

/** Left in the folder of each demo, before anything else. */
const marker = ".sluice-demo";

const parts = [
  "source",
  "stage",
  "spool",
  "warehouse.duckdb",
  "warehouse.duckdb.wal",
];

/** Throws UsageError where the folder holds what a demo would delete, and no demo made it. */
export function requireDemoFolder(directory: string): void {
  const found = parts.filter((part) => isThere(directory, part));
  if (found.length === 0 || existsSync(join(directory, marker))) return;
  // Of versions that left no marker; a folder of this name is sluice's own.
  if (resolve(directory).endsWith(join(sep, ".sluice", "demo"))) return;
  throw new UsageError(
    `--dir ${directory} holds ${found.join(", ")}, and no ${marker}: no demo made it, and a demo empties its folder. Name a folder of its own, such as ${join(directory, "sluice-demo")}`,
  );
}

/** Makes the folder, marks it, then deletes what an earlier demo left in it. */
export async function emptyDemoFolder(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    // First: a demo that is killed now must not be refused later.
    await writeFile(
      join(directory, marker),
      "sluice demo made this folder, and empties it each time.\n",
    );
    for (const part of parts)
      await rm(join(directory, part), { recursive: true, force: true });
  } catch (error) {
    throw refuseFolder(directory, error);
  }
}

/** A link that leads nowhere is there too. */
function isThere(directory: string, part: string): boolean {
  try {
    const path = join(directory, part);
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw refuseFolder(directory, error);
  }
}

function refuseFolder(directory: string, error: unknown): UsageError {
  return new UsageError(
    `--dir ${directory} can't be used: ${error instanceof Error ? error.message : String(error)}. Name a folder that may be written to`,
    { cause: error },
  );
}
