import { ServiceError } from "../errors.js";

/** Unfinished writes and locks, at the top of the store's folder. */
export const privateFolder = ".sluice-tmp";

/** Throws ServiceError on a key that names no file below the store's folder, on any system. */
export function checkFileKey(url: string, key: string): void {
  const segments = key.split("/");
  const problem =
    key === "" || segments.some((segment) => segment === "")
      ? "an empty segment"
      : segments.some((segment) => segment === "." || segment === "..")
        ? 'a segment "." or ".."'
        : /[\0\\]/.test(key)
          ? "a NUL or a backslash"
          : /\p{Surrogate}/u.test(key)
            ? "half of a surrogate pair"
            : segments[0] === privateFolder
              ? `the store's own folder ${privateFolder}`
              : null;
  if (problem === null) return;
  throw new ServiceError(
    `${url}: ${JSON.stringify(key)} has ${problem}; a folder holds only keys that are plain relative paths`,
  );
}
