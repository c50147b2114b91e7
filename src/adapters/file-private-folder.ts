import { createHash } from "node:crypto";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { lock, lockSync, type LockOptions } from "proper-lockfile";
import { ServiceError } from "../errors.js";
import { codeOf, translateFileError } from "./file-error.js";
import { privateFolder } from "./file-key.js";

/** A write touches its file with every block, so one that stood still for an hour belongs to no living process. */
const abandonedMs = 3_600_000;

/** What a killed process holds is taken over after this long; the work under a lock takes milliseconds. */
const staleMs = 5_000;

const retries = {
  retries: 300,
  minTimeout: 5,
  maxTimeout: 100,
  factor: 1.3,
  randomize: true,
};

/** Removes what killed writers left: unfinished files, and locks that nobody asked for again. */
export async function sweepTemporaryFiles(directory: string): Promise<void> {
  const folder = join(directory, privateFolder);
  const locks = join(folder, "locks");
  await mkdir(locks, { recursive: true });
  const unfinished = (await readdir(folder)).filter((name) =>
    name.endsWith(".tmp"),
  );
  const paths = [
    ...unfinished.map((name) => join(folder, name)),
    ...(await readdir(locks)).map((name) => join(locks, name)),
  ];
  for (const path of paths) {
    const modifiedMs = await stat(path).then(
      (stats) => stats.mtimeMs,
      () => Infinity,
    );
    if (Date.now() - modifiedMs > abandonedMs)
      await rm(path, { recursive: true, force: true });
  }
}

/** Runs `work` as the only one, of all processes, for this key. `assertHeld` throws where the lock was lost meanwhile. */
export async function withKeyLock<T>(
  directory: string,
  key: string,
  work: (assertHeld: () => void) => Promise<T>,
): Promise<T> {
  const locks = join(directory, privateFolder, "locks");
  const lockfilePath = join(
    locks,
    createHash("sha256").update(key).digest("hex"),
  );
  let lost = false;
  const options = {
    realpath: false,
    lockfilePath,
    stale: staleMs,
    onCompromised: () => {
      lost = true;
    },
  };
  const release = await takeLock(lockfilePath, options).catch(
    (error: unknown) => {
      if (codeOf(error) !== "ELOCKED") {
        throw translateFileError(error, `file:${directory}`, "lock", key);
      }
      throw new ServiceError(
        `file:${directory}: ${JSON.stringify(key)} stays locked by another process (${lockfilePath})`,
        { cause: error },
      );
    },
  );
  try {
    return await work(() => {
      if (lost) {
        throw new ServiceError(
          `file:${directory}: the lock of ${JSON.stringify(key)} was lost before its write; nothing was written`,
        );
      }
    });
  } finally {
    await release().catch(() => undefined);
  }
}

/** At once where nobody holds it, which costs a tenth of the asynchronous way. */
async function takeLock(
  path: string,
  options: LockOptions,
): Promise<() => Promise<void>> {
  try {
    const release = lockSync(path, options);
    return async () => {
      await Promise.resolve();
      release();
    };
  } catch (error) {
    if (codeOf(error) !== "ELOCKED") throw error;
    return lock(path, { ...options, retries });
  }
}
