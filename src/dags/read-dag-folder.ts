import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../errors.js";
import { findPackageRoot } from "../package-root.js";
import { generatedHeader } from "./model.js";
import { isOurPools, poolsFile } from "./pools-file.js";
import type { DagTemplates } from "./render.js";
import {
  parseScheduleLock,
  scheduleLockFile,
  type ScheduleLock,
} from "./schedule-lock.js";

/** What a folder of generated files holds. */
export interface DagFolder {
  /** Files with our header, by name. */
  readonly generated: ReadonlyMap<string, string>;
  /** The text of our pools.json; null where there is none. */
  readonly pools: string | null;
  /** Names of Python files that somebody else wrote, and of a pools.json. */
  readonly foreign: ReadonlySet<string>;
  /** The lock's text, and what it says; null where there is none. */
  readonly lock: {
    readonly text: string;
    readonly parse: () => ScheduleLock;
  } | null;
}

/** No such folder is an empty one. */
export async function readDagFolder(directory: string): Promise<DagFolder> {
  const generated = new Map<string, string>();
  const foreign = new Set<string>();
  const names = (await orMissing(directory, readdir(directory))) ?? [];
  for (const name of names.filter((entry) => entry.endsWith(".py")).sort()) {
    const text = await readText(join(directory, name));
    if (text === null) continue;
    if (text.startsWith(`${generatedHeader}\n`)) generated.set(name, text);
    else foreign.add(name);
  }
  let pools = await readText(join(directory, poolsFile));
  if (pools !== null && !isOurPools(pools)) {
    foreign.add(poolsFile);
    pools = null;
  }
  const file = join(directory, scheduleLockFile);
  const text = await readText(file);
  return {
    generated,
    foreign,
    pools,
    lock:
      text === null
        ? null
        : { text, parse: () => parseScheduleLock(text, file) },
  };
}

/** Reads dag-templates/ of this installation. */
export async function readDagTemplates(
  directory = join(findPackageRoot(), "dag-templates"),
): Promise<DagTemplates> {
  return {
    dags: await readTexts(directory),
    partials: await readTexts(join(directory, "partials")),
  };
}

async function readTexts(directory: string): Promise<Map<string, string>> {
  const suffix = ".py.hbs";
  const texts = new Map<string, string>();
  for (const name of await readdir(directory))
    if (name.endsWith(suffix))
      texts.set(
        name.slice(0, -suffix.length),
        await readFile(join(directory, name), "utf8"),
      );
  return texts;
}

function readText(file: string): Promise<string | null> {
  return orMissing(file, readFile(file, "utf8"));
}

const meanings: Readonly<Record<string, string>> = {
  ENOTDIR:
    "a part of its path is a file; expected the folder of the generated DAGs",
  EISDIR: "it is a folder; expected a file: move it away",
  EACCES: "no permission; grant this user access to it",
  EPERM: "not permitted; grant this user access to it",
};

/** Null where there is no such file or folder. */
async function orMissing<Found>(
  path: string,
  reading: Promise<Found>,
): Promise<Found | null> {
  try {
    return await reading;
  } catch (error) {
    const code =
      error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT") return null;
    const meaning = meanings[code];
    if (meaning === undefined) throw error;
    throw new UsageError(`${path} can't be read: ${meaning} (${code})`, {
      cause: error,
    });
  }
}
