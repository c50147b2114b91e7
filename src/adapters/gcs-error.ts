import type { IncomingHttpHeaders } from "node:http";
import {
  AccessError,
  PreconditionFailedError,
  ServiceError,
  SluiceError,
} from "../errors.js";
import { GcsCredentialsError } from "./gcs-credentials.js";

/** What was tried, for messages. */
export interface GcsAttempt {
  /** The store's. */
  readonly url: string;
  readonly bucket: string;
  readonly action: "list" | "read" | "write" | "delete";
  /** A key, or a prefix to list. */
  readonly key: string;
}

/** An answer of the service that is no success. */
export class GcsStatusError extends Error {
  /** The SDK reads the status under this name. */
  readonly code: number;

  constructor(
    readonly status: number,
    text: string,
    readonly headers: IncomingHttpHeaders,
  ) {
    super(messageIn(text));
    this.code = status;
  }
}

const retryableStatuses = new Set([408, 429, 500, 502, 503, 504]);
const retryableCodes = new Set([
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ERR_STREAM_PREMATURE_CLOSE",
  "ETIMEDOUT",
]);

/** https://cloud.google.com/storage/docs/retry-strategy#retryable, and an answer that was cut short. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof GcsCredentialsError) return isRetryable(error.cause);
  const status = statusOf(error);
  if (status !== undefined) return retryableStatuses.has(status);
  const { code } = partsOf(error);
  return typeof code === "string" && retryableCodes.has(code);
}

/** The HTTP status of an answer of the service, or of one for credentials. */
export function statusOf(error: unknown): number | undefined {
  const { code, status, response } = partsOf(error);
  for (const each of [status, code, partsOf(response)["status"]]) {
    const number = Number(each);
    if (Number.isInteger(number) && number >= 100) return number;
  }
  return undefined;
}

/**
 * One line that says what to do; our own errors as they are. The SDK's error is no cause of it: it carries the request,
 * its authorization included.
 */
export function translateGcsError(
  error: unknown,
  attempt: GcsAttempt,
): SluiceError {
  if (error instanceof SluiceError) return error;
  const { url, action, key } = attempt;
  const where = `${url}: cannot ${action} ${JSON.stringify(key)}`;
  if (error instanceof GcsCredentialsError) {
    const reason = explainCredentials(error.cause);
    return isRetryable(error)
      ? new ServiceError(`${where}: ${reason}, also after retries`)
      : new AccessError(`${where}: ${reason}`);
  }
  const status = statusOf(error);
  const said = messageOf(error);
  switch (status) {
    case undefined:
      return new ServiceError(
        isRetryable(error)
          ? `${where}: ${said}, also after retries; check the network and the endpoint, and run again`
          : `${where}: ${said}`,
      );
    case 401:
      return new AccessError(
        `${where}: the credentials are not accepted (${said}); check which account the job runs as: its workload identity, or the file that GOOGLE_APPLICATION_CREDENTIALS names`,
      );
    case 403:
      return new AccessError(`${where}: ${explainForbidden(said, attempt)}`);
    case 404:
      return new AccessError(
        `${where}: there is no bucket ${attempt.bucket}; create it, or correct the URL`,
      );
    case 412:
      return new PreconditionFailedError(
        `${where}: it does not stand at the expected generation; another writer was first`,
      );
    default:
      return new ServiceError(
        retryableStatuses.has(status)
          ? `${where}: Google Cloud Storage answers ${status} (${said}), also after retries; run again later`
          : `${where}: Google Cloud Storage answers ${status} (${said})`,
      );
  }
}

/** https://cloud.google.com/storage/docs/access-control/iam-roles, the least that has the permission. */
const roles: Readonly<Record<string, string>> = {
  "storage.objects.get": "roles/storage.objectViewer",
  "storage.objects.list": "roles/storage.objectViewer",
  "storage.objects.create": "roles/storage.objectCreator",
  "storage.objects.delete": "roles/storage.objectUser",
  "storage.objects.update": "roles/storage.objectUser",
};

function explainForbidden(said: string, { bucket }: GcsAttempt): string {
  const permission = /\bstorage\.[a-z]+\.[a-z]+\b/i.exec(said)?.[0];
  if (permission === undefined) return `forbidden (${said})`;
  const account = /^(\S+@\S+) does not have/.exec(said)?.[1];
  const role = roles[permission] ?? "a role that has it";
  return `${account ?? "the job's account"} lacks the permission ${permission}; grant it ${role} on the bucket ${bucket}`;
}

function explainCredentials(error: unknown): string {
  const said = messageOf(error);
  if (said.includes("Could not load the default credentials"))
    return "no Google credentials were found; run as a service account (Workload Identity), set GOOGLE_APPLICATION_CREDENTIALS to a credentials file, or run `gcloud auth application-default login`";
  // JSON.parse quotes what it could not read, which may be a private key.
  if (error instanceof SyntaxError)
    return "the Google credentials file is not JSON; name another one in GOOGLE_APPLICATION_CREDENTIALS";
  const { response } = partsOf(error);
  const data = partsOf(partsOf(response)["data"]);
  const { error: grant, error_description: description } = data;
  if (grant === "invalid_grant" || said.includes("invalid_grant")) {
    const reason =
      typeof description === "string" ? firstLine(description) : said;
    return /reasonable timeframe|iat and exp/i.test(reason)
      ? `Google refuses the credentials because this machine's clock is wrong (${reason}); set it by NTP`
      : `Google refuses the credentials (${reason}); they are revoked or of a deleted account: make new ones`;
  }
  if (said.includes("iam.serviceAccounts.getAccessToken"))
    return `the pod may not act as its Google service account (${said}); grant its Kubernetes service account roles/iam.workloadIdentityUser on it`;
  return `no Google credentials could be got (${said}); check which account the job runs as`;
}

/** What the service said, in one line. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  const { code } = partsOf(error);
  if (code === "ECONNRESET") return "the connection broke (ECONNRESET)";
  // Node's error has no message where none of a host's addresses answers.
  return messageIn(error.message || (typeof code === "string" ? code : ""));
}

/** From the body of an answer: JSON, XML or plain text. */
function messageIn(text: string): string {
  try {
    const { error } = partsOf(JSON.parse(text));
    const { message } = partsOf(error);
    if (typeof message === "string") return firstLine(message);
  } catch {
    // Not JSON.
  }
  return firstLine(/<Message>([^<]*)/.exec(text)?.[1] ?? text);
}

/** Of addresses only the host: that of an upload's session lets anyone write. */
function firstLine(text: string): string {
  const line = /\S.*/.exec(text)?.[0] ?? "no reason given";
  return line
    .replace(/(https?:\/\/[^\s/?"']+)[^\s"']*/g, "$1")
    .trim()
    .slice(0, 300);
}

function partsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)
    : {};
}
