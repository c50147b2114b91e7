import type {
  Bucket,
  FileMetadata,
  GetFilesOptions,
} from "@google-cloud/storage";
import type { ListedObject } from "../ports/object-store.js";
import { CutAnswerError, readStored } from "./gcs-client.js";

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

/** One page, in the service's order, which is that of UTF-8: https://cloud.google.com/storage/docs/json_api/v1/objects/list */
export async function readPage(
  bucket: Bucket,
  query: GetFilesOptions,
): Promise<ListingPage> {
  const [, , answer] = await bucket.getFiles({
    ...query,
    fields,
    autoPaginate: false,
  });
  const page = (answer ?? {}) as PageAnswer;
  // The SDK takes an answer that is no JSON for an empty page.
  if (page.kind !== "storage#objects") throw new CutAnswerError();
  const objects = (page.items ?? []).map((item) => {
    const { generation: etag, sizeBytes } = readStored(item);
    const modifiedAt = new Date(item.timeCreated ?? Number.NaN);
    return { name: item.name ?? "", sizeBytes, etag, modifiedAt };
  });
  const { prefixes = [], nextPageToken } = page;
  return { objects, prefixes, nextPageToken: nextPageToken || undefined };
}
