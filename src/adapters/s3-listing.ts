import {
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { ServiceError } from "../errors.js";
import { type S3Attempt, translateS3Error } from "./s3-error.js";

export interface S3Listing {
  readonly client: S3Client;
  readonly attempt: S3Attempt;
  /** In the bucket. */
  readonly prefix: string;
  readonly delimiter?: string;
  readonly pageObjects: number;
}

/** The pages of a listing, each decoded by `decodeKey`. */
export async function* listPages(
  listing: S3Listing,
): AsyncGenerator<ListObjectsV2CommandOutput> {
  const { client, attempt, prefix, delimiter, pageObjects } = listing;
  let token: string | undefined;
  do {
    let page: ListObjectsV2CommandOutput;
    try {
      page = await client.send(
        new ListObjectsV2Command({
          Bucket: attempt.bucket,
          Prefix: prefix,
          MaxKeys: pageObjects,
          // XML cannot hold every key: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
          EncodingType: "url",
          ...(delimiter !== undefined && { Delimiter: delimiter }),
          ...(token !== undefined && { ContinuationToken: token }),
        }),
      );
    } catch (error) {
      throw translateS3Error(error, attempt);
    }
    yield page;
    token = page.NextContinuationToken;
    if (page.IsTruncated === true && token === undefined)
      throw new ServiceError(
        `${attempt.url}: cannot list ${JSON.stringify(attempt.key)}: the server says that there is more, and not where; run again`,
      );
  } while (token !== undefined);
}

/** A key, or prefix, as it is. Servers that do not know the encoding say so by leaving it out of their answer. */
export function decodeKey(
  page: ListObjectsV2CommandOutput,
  key: string | undefined,
): string {
  return page.EncodingType === "url"
    ? decodeURIComponent((key ?? "").replaceAll("+", " "))
    : (key ?? "");
}
