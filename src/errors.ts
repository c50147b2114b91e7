/** Exit codes of the command line. */
export const exitCodes = {
  done: 0,
  bug: 1,
  usage: 2,
  dataRefused: 3,
  notReady: 4,
  serviceFailed: 5,
  skippedEmpty: 99,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** An expected failure. Its message says where, what was found, what was expected and what to do; it is printed without a stack. */
export abstract class SluiceError extends Error {
  abstract readonly code: string;
  abstract readonly exitCode: ExitCode;
  /** True where trying again, unchanged, may succeed. */
  readonly retryable: boolean = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A wrong option, argument or URL. */
export class UsageError extends SluiceError {
  readonly code = "USAGE";
  readonly exitCode = exitCodes.usage;
}

/** One thing that is wrong in a file, where it is, and what would mend it. `line` and `column` count from 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Dotted path, such as `types.purchase.load`; empty for the whole file. */
  readonly path: string;
  /** What was found, what was expected, what to do. */
  readonly message: string;
}

/** `catalog.yaml:31:12 types.purchase.load: "fasst" is not one of fast, spread (did you mean fast?)` */
export function formatProblem(problem: Problem): string {
  const where = `${problem.file}:${problem.line}:${problem.column}`;
  return problem.path === ""
    ? `${where}: ${problem.message}`
    : `${where} ${problem.path}: ${problem.message}`;
}

/** The catalog, or a file that belongs to it, is wrong: every problem at once. */
export class CatalogError extends SluiceError {
  readonly code = "CATALOG";
  readonly exitCode = exitCodes.usage;

  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(formatProblem).join("\n"));
  }
}

/** The data itself is refused: damaged objects, counts that differ, too much set aside, stale generated files. */
export class DataRefusedError extends SluiceError {
  readonly code: string = "DATA_REFUSED";
  readonly exitCode = exitCodes.dataRefused;
}

/** Rows that do not fit one column's schema, grouped. */
export interface Misfit {
  /** Dotted path of the column, without array indexes, such as `items.price`. */
  readonly column: string;
  readonly expected: string;
  readonly found: string;
  readonly count: number;
  /** The first such row: the stage object's key and its line there, counted from 1. */
  readonly example: {
    readonly source: string;
    readonly line: number;
    readonly text: string;
  };
}

/** Rows do not fit the table's schema; nothing was loaded. */
export class MisfitError extends DataRefusedError {
  override readonly code = "MISFITS";

  constructor(
    message: string,
    readonly misfits: readonly Misfit[],
  ) {
    super(message);
  }
}

/** The hour is not over, has no source objects, or is not classified yet; or its plan misses shards, or can't be carried out any more. */
export class NotReadyError extends SluiceError {
  readonly code = "NOT_READY";
  readonly exitCode = exitCodes.notReady;
}

/** A store or warehouse failed after its retries. */
export class ServiceError extends SluiceError {
  readonly code: string = "SERVICE";
  readonly exitCode = exitCodes.serviceFailed;
  override readonly retryable: boolean = true;
}

/** The service refuses the caller, or has no such bucket or dataset: trying again, unchanged, is no use. */
export class AccessError extends ServiceError {
  override readonly code = "ACCESS";
  override readonly retryable = false;
}

/** The warehouse can't be opened at all: nothing was begun in it, and every other call would fail, or wait, just as long. */
export class NotOpenedError extends ServiceError {
  override readonly code = "NOT_OPENED";
}

/** A conditional write lost: the object is not at the version that the caller named. */
export class PreconditionFailedError extends ServiceError {
  override readonly code = "PRECONDITION_FAILED";
}

/** An object changed, or went away, while it was read. */
export class ObjectChangedError extends ServiceError {
  override readonly code = "OBJECT_CHANGED";
}

/** The process has almost all the memory that it may take; it stopped by itself. */
export class MemoryLimitError extends SluiceError {
  readonly code = "MEMORY_LIMIT";
  readonly exitCode = exitCodes.serviceFailed;
}
