/** BigQuery's ErrorProto: https://cloud.google.com/bigquery/docs/reference/rest/v2/ErrorProto */
export interface ErrorProto {
  readonly reason?: string;
  readonly message?: string;
  /** A file's URI, for a row that was refused. */
  readonly location?: string;
}

export interface FailureFacts {
  /** HTTP's; null where no answer came, or a job failed. */
  readonly status: number | null;
  /** BigQuery's word, such as `rateLimitExceeded`; empty where there is none. */
  readonly reason: string;
  readonly protos?: readonly ErrorProto[];
  readonly retryAfterMs?: number;
  /** The credentials were refused, or are missing: the request was never sent. */
  readonly credentials?: boolean;
}

/** What came instead of an answer, before it is put into our words. Stays within the adapter. */
export class BigQueryFailure extends Error {
  readonly status: number | null;
  readonly reason: string;
  readonly protos: readonly ErrorProto[];
  readonly retryAfterMs: number;
  readonly credentials: boolean;

  constructor(message: string, facts: FailureFacts) {
    super(message);
    this.name = new.target.name;
    this.status = facts.status;
    this.reason = facts.reason;
    this.protos = facts.protos ?? [];
    this.retryAfterMs = facts.retryAfterMs ?? 0;
    this.credentials = facts.credentials ?? false;
  }
}

/** Reasons that pass: https://cloud.google.com/bigquery/docs/error-messages#errortable */
const passingReasons: ReadonlySet<string> = new Set([
  "backendError",
  "internalError",
  "jobBackendError",
  "jobInternalError",
  "jobRateLimitExceeded",
  "rateLimitExceeded",
  "tableUnavailable",
  "userRateLimitExceeded",
]);

const passingStatuses: ReadonlySet<number> = new Set([
  408, 429, 500, 502, 503, 504,
]);

/** From the message's start, as with all such texts: what follows may quote a value of a row, and that may be any text. */
const overloadText =
  /^(?:Query error: )?(?:Job )?(?:exceeded rate limits|(?:(?:Resources|Quota) exceeded[^:]*: )?too many DML statements outstanding)/i;

/** Whether the same job, started anew, may succeed. */
export function isServiceReason(failure: BigQueryFailure): boolean {
  return (
    passingReasons.has(failure.reason) || overloadText.test(failure.message)
  );
}

/** https://cloud.google.com/bigquery/docs/transactions#transaction_concurrency; the last words are the stand-in's, of any change. */
const conflictText =
  /^(?:Query error: )?(?:Transaction is aborted due to concurrent update|Could not serialize access|(?:TransactionContext Error: )?(?:Failed to commit: )?Failed to commit DuckLake transaction)/i;

/** Another one changed the same rows at the same time, and was first: nothing was changed. */
export function isConflict(failure: BigQueryFailure): boolean {
  return conflictText.test(failure.message);
}

/** Whether the same request, sent again, may succeed. */
export function isPassing(failure: BigQueryFailure): boolean {
  if (failure.credentials) return false;
  return (
    failure.status === null ||
    passingStatuses.has(failure.status) ||
    isServiceReason(failure) ||
    isConflict(failure)
  );
}

/** The message says, before anything that a row could hold, that one of the tables is not there: with whatever reason, as a script's error may have its statement's or its own. */
export function isMissingOf(
  failure: BigQueryFailure,
  place: { readonly project: string; readonly dataset: string },
  tables: readonly string[],
): boolean {
  const [start] =
    /^(?:Query error: )?Not found: Table /i.exec(failure.message) ?? [];
  if (start === undefined) return false;
  const found = failure.message.slice(start.length);
  return [":", "."].some((separator) =>
    tables.some((table) => {
      const name = `${place.project}${separator}${place.dataset}.${table}`;
      const rest = found.slice(name.length);
      return (
        found.startsWith(name) && !/^[\p{L}\p{M}\p{N}\p{Pc}\p{Pd}]/u.test(rest)
      );
    }),
  );
}

/** A table that is not there; not a dataset, a project or a job. */
export function isMissingTable(error: unknown): error is BigQueryFailure {
  return (
    error instanceof BigQueryFailure &&
    error.reason === "notFound" &&
    /not found: table/i.test(error.message)
  );
}
