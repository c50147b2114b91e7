import {
  AccessError,
  DataRefusedError,
  ObjectChangedError,
  ServiceError,
  SluiceError,
} from "../errors.js";
import {
  BigQueryFailure,
  isRequesterPays,
  readLocations,
} from "./bigquery-failure.js";

/** Where the failure happened. */
export interface BigQueryPlace {
  /** `bigquery://project/dataset`, for messages. */
  readonly url: string;
  readonly project: string;
  readonly dataset: string;
  /** As the warehouse's URL says it. */
  readonly location: string | undefined;
}

/** A failure in words of ours; an error that is ours already as it is. `what` is what was not done, as in `orders can't be described`. */
export function toSluiceError(
  error: unknown,
  place: BigQueryPlace,
  what: string,
): SluiceError {
  if (error instanceof SluiceError) return error;
  const message = `${place.url}: ${what}: ${messageOf(error).replace(/[.\s]+$/, "")}`;
  if (!(error instanceof BigQueryFailure)) return new ServiceError(message);
  if (isGoneFile(error)) {
    return new ObjectChangedError(
      `${message}. Classify the hour again if no newer manifest stands`,
    );
  }
  const advice = findAdvice(error, place);
  if (advice !== null) return new AccessError(`${message}. ${advice}`);
  return error.reason === "invalid" && error.status === null
    ? new DataRefusedError(message)
    : new ServiceError(message);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isGoneFile({ reason, message }: BigQueryFailure): boolean {
  return reason === "notFound" && /not found: (uris?|files?)\b/i.test(message);
}

/** What to do about a failure that the same request will meet again; null for every other. */
function findAdvice(
  failure: BigQueryFailure,
  place: BigQueryPlace,
): string | null {
  const { reason, status } = failure;
  if (failure.credentials) return adviseOnCredentials(failure);
  if (status === 401)
    return "Renew the credentials (GOOGLE_APPLICATION_CREDENTIALS, or the workload's identity), and set this machine's clock if it is off.";
  if (reason === "notFound" || status === 404)
    return adviseOnMissing(failure, place);
  const locations = readLocations(failure);
  if (locations !== null) {
    const { bucket, dataset } = locations;
    return `The stage's bucket is in ${bucket} and the dataset in ${dataset}, and BigQuery loads only from a bucket of the dataset's location: set stage (SLUICE_STAGE) to a bucket in ${dataset}, or warehouse (SLUICE_WAREHOUSE) to a dataset in ${bucket}.`;
  }
  if (isRequesterPays(failure))
    return "BigQuery does not load from a bucket whose requesters pay. Run: gcloud storage buckets update gs://BUCKET --no-requester-pays, with the stage's bucket; or set stage (SLUICE_STAGE) to another one.";
  if (reason === "accessDenied") return adviseOnPermission(failure, place);
  switch (reason) {
    case "accessNotConfigured":
      return `Run: gcloud services enable bigquery.googleapis.com --project ${place.project}`;
    case "billingNotEnabled":
      return `Link the project ${place.project} to a billing account.`;
    case "quotaExceeded":
    case "blocked":
      return "Wait until the quota is renewed, or have it raised: https://cloud.google.com/bigquery/quotas";
    case "bytesBilledLimitExceeded":
    case "billingTierLimitExceeded":
      return "Raise maximum_bytes_billed in the catalog, or partition the table.";
  }
  if (status === 403 && reason !== "rateLimitExceeded")
    return adviseOnPermission(failure, place);
  return null;
}

function adviseOnCredentials({ message }: BigQueryFailure): string {
  if (/reasonable timeframe|short-lived token|iat and exp/i.test(message))
    return `This machine's clock is off (it says ${new Date().toISOString()}): set it by NTP.`;
  if (/invalid_grant|invalid_client|unauthorized_client/.test(message))
    return "The key or login was revoked or has ended: make a new key, or run gcloud auth application-default login.";
  return "Give the pod a workload identity, set GOOGLE_APPLICATION_CREDENTIALS to a key file, or run gcloud auth application-default login.";
}

function adviseOnMissing(
  { message }: BigQueryFailure,
  { project, dataset, location }: BigQueryPlace,
): string | null {
  if (/not found: job/i.test(message))
    return `The job is not in the location ${location ?? "that was asked"}: set ?location= in the warehouse's URL to the dataset's own (bq show --format=prettyjson ${project}:${dataset}).`;
  if (/not found: dataset/i.test(message)) {
    const elsewhere = /was not found in location (\S+)/.exec(message)?.[1];
    const make = `bq mk --dataset --location=${location ?? "LOCATION"} ${project}:${dataset}`;
    return elsewhere === undefined
      ? `Make it: ${make}`
      : `If the dataset stands in another location than ${elsewhere}, set ?location= in the warehouse's URL to it (bq show --format=prettyjson ${project}:${dataset}); otherwise make it: ${make}`;
  }
  if (/not found: project|project .*(not found|does not exist)/i.test(message))
    return `Look at the project in the warehouse's URL: ${project} is not one that exists.`;
  return null;
}

const roles: readonly (readonly [permission: RegExp, role: string])[] = [
  [/^bigquery\.jobs\./, "roles/bigquery.jobUser"],
  [/^bigquery\./, "roles/bigquery.dataEditor"],
  [/^storage\./, "roles/storage.objectViewer"],
];

/** The least predefined role that holds the permission which the message names. */
function adviseOnPermission(
  { message }: BigQueryFailure,
  { project, dataset }: BigQueryPlace,
): string {
  const named = /\b(?:bigquery|storage)\.[a-zA-Z]+\.[a-zA-Z]+\b/.exec(message);
  const permission = named?.[0] ?? (/gs:\/\//.test(message) ? "storage." : "");
  const role = roles.find(([pattern]) => pattern.test(permission))?.[1];
  const account = "the account that sluice runs as";
  if (role === "roles/bigquery.jobUser")
    return `Grant ${role} on the project ${project} to ${account}.`;
  if (role === "roles/storage.objectViewer")
    return `Grant ${role} on the stage's bucket to ${account}.`;
  if (role !== undefined)
    return `Grant ${role} on the dataset ${project}:${dataset} to ${account}.`;
  return `Grant roles/bigquery.dataEditor on the dataset ${project}:${dataset} and roles/bigquery.jobUser on the project ${project} to ${account}.`;
}
