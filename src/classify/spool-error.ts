import { ServiceError } from "../errors.js";

/** What the file system said of the spool, with what to do. */
export function spoolError(folder: string, error: unknown): ServiceError {
  return new ServiceError(
    `${folder}: the spool can't be used (${String(error)}). It takes up to the size of the hour: make room, or name another folder by SLUICE_SPOOL`,
    { cause: error },
  );
}
