import { S3Client } from "@aws-sdk/client-s3";
import { AccessError } from "../errors.js";
import { NativeCrc32c } from "./s3-checksum.js";
import type { S3Limits } from "./s3-limits.js";

/** Connections to the service; more requests wait for one. */
const maxSockets = 32;

export interface S3ClientOptions {
  readonly url: string;
  readonly forcePathStyle: boolean;
  /** Where none is configured. */
  readonly defaultRegion: string | undefined;
  readonly limits: S3Limits;
}

/** Credentials, region and endpoint are found as the SDK finds them: environment, shared files, the pod's or machine's role. */
export async function createS3Client({
  url,
  forcePathStyle,
  defaultRegion,
  limits,
}: S3ClientOptions): Promise<S3Client> {
  const config = {
    forcePathStyle,
    maxAttempts: limits.maxAttempts,
    // Jittered back-off, in which throttling waits longest, and a budget for all retries. `adaptive` would slow every
    // request of this client, the manifest's too, after one prefix was throttled.
    retryMode: "standard",
    requestHandler: {
      connectionTimeout: limits.connectTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      throwOnRequestTimeout: true,
      socketTimeout: limits.stallTimeoutMs,
      httpAgent: { maxSockets },
      httpsAgent: { maxSockets },
    },
    checksumAlgorithms: { CRC32C: NativeCrc32c },
    // What the source's writers chose, mostly CRC64NVME, the SDK computes in JavaScript; TLS guards the way, and load checks crc32c.
    responseChecksumValidation: "WHEN_REQUIRED",
  } as const;
  const client = new S3Client(config);
  try {
    await client.config.region();
    return client;
  } catch {
    client.destroy();
    if (defaultRegion !== undefined)
      return new S3Client({ ...config, region: defaultRegion });
    throw new AccessError(
      `${url}: no AWS region is configured; set AWS_REGION to the bucket's`,
    );
  }
}
