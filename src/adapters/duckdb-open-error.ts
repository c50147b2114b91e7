import { AccessError, NotOpenedError, SluiceError } from "../errors.js";

const refusals: readonly (readonly [pattern: RegExp, words: string])[] = [
  [
    /not a valid DuckDB database file/,
    "is no DuckDB file: name another file in the warehouse URL, or move this one away",
  ],
  [
    /Is a directory/,
    "is a folder, and must be a file: name a file in the warehouse URL, such as one inside of it",
  ],
  [
    /Permission denied|Operation not permitted/,
    "may not be opened: grant this user to read and write the file and its folder",
  ],
  [
    /Read-only file system/,
    "lies on a file system that is read-only: name a file in the warehouse URL that may be written",
  ],
];

export function isLockConflict(error: unknown): boolean {
  return /Could not set lock on file/.test(messageOf(error));
}

/** `the process 4711`, as DuckDB tells it. */
export function nameHolder(error: unknown): string {
  const holder = /PID (\d+)/.exec(messageOf(error))?.[1];
  return holder === undefined ? "another process" : `the process ${holder}`;
}

/** Why a file could not be opened: AccessError where trying again is no use, NotOpenedError otherwise. */
export function toOpenError(
  error: unknown,
  file: string,
  waitedMs: number,
): SluiceError {
  if (error instanceof SluiceError) return error;
  const cause = { cause: error };
  if (isLockConflict(error))
    return new NotOpenedError(
      `${file} is held open by ${nameHolder(error)}, still after ${Math.round(waitedMs / 1000)} s of waiting. ` +
        "DuckDB lets one process at a time write: end that process (a duckdb shell, perhaps) and run this again.",
      cause,
    );
  const message = messageOf(error);
  const words = refusals.find(([pattern]) => pattern.test(message))?.[1];
  return words === undefined
    ? new NotOpenedError(`${file} can't be opened: ${message}`, cause)
    : new AccessError(`${file} ${words}`, cause);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
