import { ServiceError, SluiceError } from "../errors.js";

const meanings: Readonly<Record<string, string>> = {
  EACCES: "no permission; grant this user access to the folder",
  EPERM: "not permitted; grant this user access to the folder",
  EROFS: "the file system is read-only; name a folder that may be written",
  ENOSPC: "the disk is full; make room and run again",
  EDQUOT: "the disk quota is used up; make room and run again",
  ENOENT: "it went away meanwhile; run again",
  ENOTDIR:
    "a part of its path is a file or a link to nothing, and must be a folder",
  EEXIST:
    "a part of its path is a file or a link to nothing, and must be a folder",
  EISDIR: "there is a folder of that name, and must be a file",
  ENOTEMPTY: "there is a folder of that name, and must be a file",
  ELOOP: "it is a symbolic link; put the file itself there",
  EXDEV:
    "its folder lies on another disk than the store; keep the store on one disk",
  ENAMETOOLONG: "its name is longer than the file system allows",
  EMFILE: "too many files are open; raise the limit (ulimit -n)",
};

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error &&
    "code" in error &&
    typeof error.code === "string"
    ? error.code
    : undefined;
}

/** A system error as a ServiceError with words; our own errors as they are. */
export function translateFileError(
  error: unknown,
  url: string,
  action: string,
  key: string,
): unknown {
  if (error instanceof SluiceError) return error;
  const code = codeOf(error);
  if (code === undefined) return error;
  const meaning =
    meanings[code] ?? (error instanceof Error ? error.message : "");
  return new ServiceError(
    `${url}: cannot ${action} ${JSON.stringify(key)}: ${meaning} (${code})`,
    {
      cause: error,
    },
  );
}
