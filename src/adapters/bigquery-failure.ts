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
const overloadText = /^(?:Query error: )?(?:Job )?exceeded rate limits/i;

/** https://cloud.google.com/bigquery/docs/data-manipulation-language#dml_concurrency */
const fullQueueText =
  /^(?:Query error: )?(?:(?:Resources|Quota) exceeded[^:]*: )?(?:Your table exceeded quota for [^:'"]*\bDML\b[^:'"]*: )?too many DML statements outstanding/i;

/** Twenty statements wait for the table already. */
export function isFullQueue(failure: BigQueryFailure): boolean {
  return fullQueueText.test(failure.message);
}

/** Whether the same job, started anew, may succeed. */
export function isServiceReason(failure: BigQueryFailure): boolean {
  return (
    passingReasons.has(failure.reason) ||
    overloadText.test(failure.message) ||
    isFullQueue(failure)
  );
}

/** Stopped by BigQuery at the job's own `jobTimeoutMs`; not by somebody. */
export function isTimedOut({ reason, message }: BigQueryFailure): boolean {
  return (
    reason === "timeout" || (reason === "stopped" && /timed out/i.test(message))
  );
}

const locationsText =
  /^Cannot read and write in different locations: source: (?<bucket>[\w-]+), destination: (?<dataset>[\w-]+)/i;

/** Where a load's files and its dataset stand, if that is what is wrong. */
export function readLocations({ message }: BigQueryFailure): {
  readonly bucket: string;
  readonly dataset: string;
} | null {
  const { bucket, dataset } = locationsText.exec(message)?.groups ?? {};
  return bucket === undefined || dataset === undefined
    ? null
    : { bucket, dataset };
}

const requesterPaysText =
  /^(?:Error while reading data, error message: |Access Denied: (?:File|Bucket) \S+: )?Bucket is (?:a )?requester pays bucket/i;

export function isRequesterPays({ message }: BigQueryFailure): boolean {
  return requesterPaysText.test(message);
}

/** The stage's bucket can't be loaded from, whatever its files hold, though BigQuery calls it `invalid` as it does bad rows. */
export function isBucketFault(failure: BigQueryFailure): boolean {
  return readLocations(failure) !== null || isRequesterPays(failure);
}

/** https://cloud.google.com/bigquery/docs/transactions#transaction_concurrency; the last two are the stand-in's, of any change and of a table that is made twice. */
const conflictText =
  /^(?:Query error: )?(?:Transaction is aborted due to concurrent update|Could not serialize access|(?:TransactionContext Error: )?(?:Failed to commit: )?Failed to commit DuckLake transaction|Failed to commit: PRIMARY KEY or UNIQUE constraint violation: duplicate key)/i;

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
