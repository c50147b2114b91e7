import type { Log } from "./log.js";

/** What every line of a job says of itself. */
export interface LogSubject {
  /** Of the classification; where `watch` tells, of the watch itself. */
  readonly run: string;
  readonly hour: string;
  /** Null: the whole hour. */
  readonly type: string | null;
}

/** Puts the subject on each line; a field that the line has itself goes first. Pino's own child would write such a field twice. */
export function bindLog(log: Log, subject: LogSubject): Log {
  return {
    ...bindWarnings(log, subject),
    info: (fields, message) => {
      log.info({ ...subject, ...fields }, message);
    },
  };
}

export function bindWarnings(
  log: Pick<Log, "warn">,
  subject: LogSubject,
): Pick<Log, "warn"> {
  return {
    warn: (fields, message) => {
      log.warn({ ...subject, ...fields }, message);
    },
  };
}
