import {
  AccessError,
  PreconditionFailedError,
  ServiceError,
  SluiceError,
} from "../errors.js";

/** What was tried, for messages. */
export interface S3Attempt {
  /** The store's. */
  readonly url: string;
  readonly bucket: string;
  readonly action: "list" | "read" | "write" | "delete";
  /** A key, or a prefix to list. */
  readonly key: string;
}

/** The least that each action needs: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html */
const grants: Readonly<Record<S3Attempt["action"], string>> = {
  list: "s3:ListBucket on the bucket",
  read: "s3:GetObject on the bucket's objects, and s3:ListBucket on the bucket (without it a missing object is forbidden too)",
  write:
    "s3:PutObject, s3:GetObject and s3:AbortMultipartUpload on the bucket's objects",
  delete: "s3:DeleteObject on the bucket's objects",
};

/** S3's code (`NoSuchKey`), or the system's (`ECONNRESET`), or the name of the SDK's error. */
export function codeOf(error: unknown): string {
  const { name, code, Code } = partsOf(error);
  const found = [Code, plainNames.includes(name) ? code : name, name];
  return found.find((each) => typeof each === "string") ?? "unknown";
}

export function statusOf(error: unknown): number | undefined {
  const { httpStatusCode } = partsOf(partsOf(error)["$metadata"]);
  return typeof httpStatusCode === "number" ? httpStatusCode : undefined;
}

/**
 * One line that says what to do; our own errors as they are. The SDK's error is no cause of it: it carries what S3
 * answered, the access key and the text that was signed included.
 */
export function translateS3Error(
  error: unknown,
  attempt: S3Attempt,
): SluiceError {
  if (error instanceof SluiceError) return error;
  const { url, bucket, action, key } = attempt;
  const where = `${url}: cannot ${action} ${JSON.stringify(key)}`;
  const code = codeOf(error);
  const refuse = (why: string) => new AccessError(`${where}: ${why} (${code})`);
  const said = describe(error);
  switch (code) {
    case "NoSuchBucket":
      return refuse(
        `there is no bucket ${bucket}; create it, or correct the URL`,
      );
    case "AccessDenied":
    case "Forbidden":
    case "AllAccessDisabled":
    case "AccountProblem":
      return refuse(
        `permission denied: ${said}; grant the job's role ${grants[action]}, and kms:Decrypt and kms:GenerateDataKey where a key of yours encrypts it`,
      );
    case "InvalidAccessKeyId":
    case "XAdminUserNotFound":
    case "InvalidClientTokenId":
      return refuse(
        "the access key id is not known there; check AWS_ACCESS_KEY_ID, or the role that the job runs as",
      );
    case "SignatureDoesNotMatch":
      return refuse(
        "the secret access key is not that of the access key id; check AWS_SECRET_ACCESS_KEY",
      );
    case "ExpiredToken":
    case "ExpiredTokenException":
    case "InvalidToken":
      return refuse(
        "the session token has expired or is not valid; get new credentials (AWS_SESSION_TOKEN), or let the job run as a role",
      );
    case "RequestTimeTooSkewed":
    case "RequestExpired":
    case "RequestInTheFuture":
      return refuse(
        "this machine's clock differs from S3's by more than 15 minutes; set it by NTP",
      );
    case "PermanentRedirect":
    case "TemporaryRedirect":
    case "MovedPermanently":
    case "AuthorizationHeaderMalformed":
    case "IllegalLocationConstraintException": {
      const region = regionOf(error);
      return refuse(
        region === undefined
          ? `bucket ${bucket} is in another region; set AWS_REGION to it`
          : `bucket ${bucket} is in the region ${region}; set AWS_REGION=${region}`,
      );
    }
    case "CredentialsProviderError":
    case "TokenProviderError":
      return refuse(
        "no AWS credentials were found; run as a role (IRSA, EKS Pod Identity, an instance profile), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
      );
    case "InvalidObjectState":
      return refuse(
        "it is archived in a Glacier storage class; restore it, and run again",
      );
    case "PreconditionFailed":
      return new PreconditionFailedError(
        `${where}: it does not stand at the expected etag; another writer was first`,
      );
    case "ENOTFOUND":
      return new ServiceError(
        `${where}: the name of S3's host is not known, also after retries (ENOTFOUND); check the bucket's name, AWS_ENDPOINT_URL_S3 and AWS_REGION`,
      );
    case "ECONNREFUSED":
      return new ServiceError(
        `${where}: nothing listens at the endpoint, also after retries (ECONNREFUSED); check AWS_ENDPOINT_URL_S3`,
      );
    default:
      return statusOf(error) === 403
        ? refuse(
            `permission denied: ${said}; grant the job's role ${grants[action]}`,
          )
        : new ServiceError(
            `${where}: ${said} (${code}), also after retries where they could help; run again later`,
          );
  }
}

/** What S3 said, in one line. */
function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  const line = /\S.*/.exec(message)?.[0].trim().slice(0, 300);
  const status = statusOf(error);
  const said =
    line === undefined || line === "UnknownError" || line === codeOf(error)
      ? null
      : line.replace(/[.;]$/, "");
  const answer =
    status === undefined ? null : `S3 answers ${status.toString()}`;
  return [answer, said].filter((each) => each !== null).join(": ") || "failed";
}

function regionOf(error: unknown): string | undefined {
  const { Region, $response } = partsOf(error);
  const header = partsOf(partsOf($response)["headers"])["x-amz-bucket-region"];
  return [Region, header].find(
    (each): each is string => typeof each === "string" && each !== "",
  );
}

/** Of Node's errors the code tells more. */
const plainNames: readonly unknown[] = [
  "Error",
  "TimeoutError",
  "TypeError",
  // Where none of a host's addresses answers.
  "AggregateError",
];

function partsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)
    : {};
}
