import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import {
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { crc32c } from "@node-rs/crc32";
import pRetry from "p-retry";
import { encodeCrc32c } from "../encode-crc32c.js";
import { ServiceError } from "../errors.js";
import type { PutOptions, PutResult } from "../ports/object-store.js";
import {
  codeOf,
  type S3Attempt,
  statusOf,
  translateS3Error,
} from "./s3-error.js";
import { quoteEtag, readEtag } from "./s3-etag.js";
import type { S3Limits } from "./s3-limits.js";

export interface S3Upload {
  readonly client: S3Client;
  readonly limits: S3Limits;
  readonly attempt: S3Attempt;
  /** Relative to the store. */
  readonly key: string;
  /** In the bucket. */
  readonly objectKey: string;
  readonly options: PutOptions;
}

/** S3 takes no more of them: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const maxParts = 10_000;

/** Metadata of each object, by which an upload whose answer was lost knows its own. */
const putIdName = "sluice-put";

/** Bytes that lie in memory. S3 refuses them where they arrive with another crc32c. */
export async function putBytes(
  upload: S3Upload,
  bytes: Uint8Array,
): Promise<PutResult> {
  const checksum = encodeCrc32c(crc32c(bytes));
  expectChecksum(upload, checksum);
  const params = paramsOf(upload);
  const etag =
    bytes.length <= upload.limits.partBytes
      ? await settling(upload, params, async () => {
          const command = { ...params, Body: bytes, ChecksumCRC32C: checksum };
          const stored = await upload.client.send(
            new PutObjectCommand(command),
          );
          return stored.ETag;
        })
      : await putParts(upload, params, bytes, bytes.length);
  return resultOf(upload, etag, bytes.length, checksum);
}

/**
 * Bytes that come one by one. Up to one part of them is sent at once, more in parts, each of which S3 checks by its
 * crc32c; they are one object only when all have come and their crc32c is the expected one.
 * @param sizeBytes As far as it is known; above it, the 10,000 parts may not suffice.
 */
export async function putStream(
  upload: S3Upload,
  blocks: AsyncIterable<Uint8Array>,
  sizeBytes = 0,
): Promise<PutResult> {
  let crc = 0;
  let readBytes = 0;
  let failure: { readonly error: unknown } | null = null;
  const checked = async function* () {
    try {
      for await (const block of blocks) {
        crc = crc32c(block, crc);
        readBytes += block.length;
        yield block;
      }
      expectChecksum(upload, encodeCrc32c(crc));
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
  const thrown = () => failure;
  const body = Readable.from(checked(), { highWaterMark: 1 });
  try {
    const params = paramsOf(upload);
    const etag = await putParts(upload, params, body, sizeBytes);
    return resultOf(upload, etag, readBytes, encodeCrc32c(crc));
  } catch (error) {
    throw thrown()?.error ?? error;
  } finally {
    body.destroy();
  }
}

interface PutParams {
  readonly Bucket: string;
  readonly Key: string;
  readonly Metadata: Readonly<Record<typeof putIdName, string>>;
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
}

function paramsOf({ attempt, objectKey, options }: S3Upload): PutParams {
  const { ifMatch } = options;
  return {
    Bucket: attempt.bucket,
    Key: objectKey,
    Metadata: { [putIdName]: randomUUID() },
    ...(ifMatch === null && { IfNoneMatch: "*" }),
    ...(typeof ifMatch === "string" && { IfMatch: quoteEtag(ifMatch) }),
  };
}

async function putParts(
  upload: S3Upload,
  params: PutParams,
  body: Uint8Array | Readable,
  sizeBytes: number,
): Promise<string> {
  const { Upload } = await import("@aws-sdk/lib-storage");
  const { client, limits } = upload;
  const partSize = Math.max(limits.partBytes, Math.ceil(sizeBytes / maxParts));
  const send = async () => {
    const parts = new Upload({
      client,
      partSize,
      queueSize: 2,
      params: { ...params, Body: body, ChecksumAlgorithm: "CRC32C" },
    });
    const stored = await parts.done();
    return stored.ETag;
  };
  return settling(upload, params, send, body instanceof Uint8Array);
}

/** Sends until it is known whether the object was stored; its etag. */
async function settling(
  upload: S3Upload,
  params: PutParams,
  send: () => Promise<string | undefined>,
  isRepeatable = true,
): Promise<string> {
  const { attempt, limits } = upload;
  try {
    const etag = await pRetry(send, {
      retries: isRepeatable ? limits.maxAttempts - 1 : 0,
      minTimeout: limits.resumeDelayMs,
      maxTimeout: limits.maxResumeDelayMs,
      randomize: true,
      // Another write of the key is under way; which one stands is not decided yet.
      shouldRetry: ({ error }) => statusOf(error) === 409,
    });
    return readEtag(etag);
  } catch (error) {
    const own = isAnswerOfRepeat(error)
      ? await findOwn(upload, params)
      : undefined;
    if (own !== undefined) return own;
    // With If-Match, a missing object is NoSuchKey.
    throw codeOf(error) === "NoSuchKey" || statusOf(error) === 412
      ? translateS3Error({ name: "PreconditionFailed" }, attempt)
      : translateS3Error(error, attempt);
  }
}

/** What S3 answers to a write that it has carried out already, where the first answer was lost: by its condition, or by the end of its parts. */
function isAnswerOfRepeat(error: unknown): boolean {
  return statusOf(error) === 412 || codeOf(error) === "NoSuchUpload";
}

async function findOwn(
  { client, attempt }: S3Upload,
  { Bucket, Key, Metadata }: PutParams,
): Promise<string | undefined> {
  try {
    const { ETag, Metadata: found } = await client.send(
      new HeadObjectCommand({ Bucket, Key }),
    );
    return found?.[putIdName] === Metadata[putIdName]
      ? readEtag(ETag)
      : undefined;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw translateS3Error(error, attempt);
  }
}

function expectChecksum({ attempt, options }: S3Upload, found: string): void {
  if (options.crc32c === undefined || options.crc32c === found) return;
  throw new ServiceError(
    `${attempt.url}: ${JSON.stringify(attempt.key)}: the bytes to write have crc32c ${found}, not ${options.crc32c}; nothing was written`,
  );
}

function resultOf(
  { key }: S3Upload,
  etag: string,
  sizeBytes: number,
  crc32c: string,
): PutResult {
  return { key, sizeBytes, etag, crc32c };
}
