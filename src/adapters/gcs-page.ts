import type { FileMetadata } from "@google-cloud/storage";
import type { ListedObject } from "../ports/object-store.js";
import {
  CutAnswerError,
  type GcsClientOptions,
  readStored,
} from "./gcs-client.js";
import { makeTransport } from "./gcs-transport.js";

export interface ListingQuery {
  readonly prefix: string;
  readonly delimiter?: string;
  readonly pageToken?: string;
}

export interface ListingPage {
  readonly objects: readonly (Omit<ListedObject, "key"> & {
    /** In the bucket. */
    readonly name: string;
  })[];
  readonly prefixes: readonly string[];
  readonly nextPageToken: string | undefined;
}

interface PageAnswer {
  readonly kind?: string;
  readonly items?: readonly FileMetadata[];
  readonly prefixes?: readonly string[];
  readonly nextPageToken?: string;
}

const fields =
  "kind,nextPageToken,prefixes,items(name,generation,size,timeCreated)";

/**
 * One page, in the service's order, which is that of UTF-8: https://cloud.google.com/storage/docs/json_api/v1/objects/list
 *
 * The SDK is not loaded for it: half of a small job's start would be its.
 */
export async function readPage(
  { endpoint, credentials, limits }: GcsClientOptions,
  bucket: string,
  query: ListingQuery,
): Promise<ListingPage> {
  const send = makeTransport(credentials, limits);
  const { body } = await send({
    method: "GET",
    uri: `${endpoint}/storage/v1/b/${encodeURIComponent(bucket)}/o`,
    qs: { ...query, fields, maxResults: String(limits.pageObjects) },
  });
  const page = (body ?? {}) as PageAnswer;
  // The text of an answer that is no JSON is no page.
  if (page.kind !== "storage#objects") throw new CutAnswerError();
  const objects = (page.items ?? []).map((item) => {
    const { generation: etag, sizeBytes } = readStored(item);
    const modifiedAt = new Date(item.timeCreated ?? Number.NaN);
    return { name: item.name ?? "", sizeBytes, etag, modifiedAt };
  });
  const { prefixes = [], nextPageToken } = page;
  return { objects, prefixes, nextPageToken: nextPageToken || undefined };
}
