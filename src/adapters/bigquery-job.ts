import { ServiceError } from "../errors.js";
import type { BigQueryClient } from "./bigquery-client.js";
import { BigQueryFailure, type ErrorProto } from "./bigquery-failure.js";

/** The part of a job that we look at. */
export interface Job {
  readonly jobReference?: {
    readonly jobId: string;
    readonly location?: string;
  };
  readonly status?: {
    readonly state?: string;
    readonly errorResult?: ErrorProto;
    readonly errors?: readonly ErrorProto[];
  };
  readonly statistics?: {
    readonly load?: { readonly outputRows?: string };
    readonly query?: {
      readonly statementType?: string;
      readonly schema?: { readonly fields?: readonly unknown[] };
    };
  };
}

/** The rest of a load job is its URIs, ten thousand at most. */
const jobFields =
  "jobReference,status,statistics/load/outputRows,statistics/query/statementType,statistics/query/schema";

const firstPollMs = 250;
const longestPollMs = 5_000;

/**
 * Starts the job of this id. One that stands already is our own whose answer was lost (the ids are random): it is attached to, so
 * that a job runs once however often this is called.
 */
export async function startJob(
  client: BigQueryClient,
  jobId: string,
  configuration: object,
): Promise<Job> {
  const { project: projectId } = client.place;
  const location = await client.location();
  return attachWhereTaken(client, jobId, () =>
    client.call<Job>({
      method: "POST",
      path: "/jobs",
      query: { fields: jobFields },
      body: { jobReference: { projectId, jobId, location }, configuration },
    }),
  );
}

/** `start`'s job, or the one that has its id already. */
export async function attachWhereTaken(
  client: BigQueryClient,
  jobId: string,
  start: () => Promise<Job>,
): Promise<Job> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof BigQueryFailure) || error.status !== 409)
      throw error;
    return getJob(client, jobId);
  }
}

export async function getJob(
  client: BigQueryClient,
  jobId: string,
): Promise<Job> {
  return client.call<Job>({
    method: "GET",
    path: `/jobs/${encodeURIComponent(jobId)}`,
    query: { location: await client.location(), fields: jobFields },
  });
}

/** The job once it is done. Throws what it failed by, be it done when it was started or only later. */
export async function finishJob(
  client: BigQueryClient,
  jobId: string,
  started: Job,
): Promise<Job> {
  let job = started;
  for (let pauseMs = firstPollMs; job.status?.state !== "DONE";) {
    await client.wait(pauseMs * (0.5 + Math.random() / 2));
    job = await getJob(client, jobId);
    pauseMs = Math.min(pauseMs * 1.5, longestPollMs);
  }
  const { errorResult, errors } = job.status;
  if (errorResult === undefined) return job;
  throw new BigQueryFailure(errorResult.message ?? "the job failed", {
    status: null,
    reason: errorResult.reason ?? "",
    protos: errors ?? [errorResult],
  });
}

const minuteMs = 60_000;

/** What to say of a job that BigQuery stopped at the `jobTimeoutMs` that it was given. */
export async function describeTimeout(
  client: BigQueryClient,
  what: string,
  jobId: string,
  timeoutMs: number,
): Promise<ServiceError> {
  const { url, project } = client.place;
  const job = `${project}:${await client.location()}.${jobId}`;
  return new ServiceError(
    `${url}: ${what}: BigQuery stopped the job at its limit of ${timeoutMs / minuteMs} minutes, its wait for slots included, and nothing was changed. Load again; if it ends so again, see what it waited for: bq show --format=prettyjson -j ${job}`,
  );
}
