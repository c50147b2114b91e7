import { createReadStream } from "node:fs";
import type { Storage } from "@google-cloud/storage";
import type {
  GetOptions,
  ListedObject,
  ObjectStore,
  OpenObject,
  PutOptions,
  PutResult,
} from "../ports/object-store.js";
import { translateFileError } from "./file-error.js";
import { openStorage } from "./gcs-client.js";
import { findCredentials, noCredentials } from "./gcs-credentials.js";
import { openDownload } from "./gcs-download.js";
import { type GcsAttempt, statusOf, translateGcsError } from "./gcs-error.js";
import { type GcsLimits, gcsLimits } from "./gcs-limits.js";
import { type ListingPage, type ListingQuery, readPage } from "./gcs-page.js";
import { retrying } from "./gcs-retry.js";
import { uploadObject } from "./gcs-upload.js";

const blockBytes = 256 * 1024;

export interface GcsObjectStoreOptions {
  readonly bucket: string;
  /** Without slashes at its ends; empty for the whole bucket. */
  readonly prefix: string;
  /** Set: no Google credentials are looked for. */
  readonly endpoint: string | undefined;
  readonly limits?: Partial<GcsLimits>;
}

/**
 * A bucket of Google Cloud Storage, or a prefix in one. An etag is a generation.
 * An upload holds one chunk of 8 MiB in memory, a download what two sockets' buffers hold.
 */
export class GcsObjectStore implements ObjectStore {
  readonly url: string;
  readonly #bucket: string;
  readonly #folder: string;
  readonly #client;
  #storage: Promise<Storage> | undefined;

  constructor({ bucket, prefix, endpoint, limits }: GcsObjectStoreOptions) {
    this.url = prefix === "" ? `gs://${bucket}` : `gs://${bucket}/${prefix}`;
    this.#bucket = bucket;
    this.#folder = prefix === "" ? "" : `${prefix}/`;
    this.#client = {
      endpoint: (endpoint ?? "https://storage.googleapis.com").replace(
        /\/+$/,
        "",
      ),
      credentials: endpoint === undefined ? findCredentials() : noCredentials,
      limits: { ...gcsLimits, ...limits },
    };
  }

  uri(key: string): string {
    return `gs://${this.#bucket}/${this.#folder}${key}`;
  }

  async *list(prefix: string): AsyncIterable<ListedObject> {
    for await (const page of this.#pages({ prefix: this.#folder + prefix }))
      for (const { name, ...rest } of page.objects) {
        const key = name.slice(this.#folder.length);
        // Consoles make an empty object where they show a folder.
        if (key !== "") yield { key, ...rest };
      }
  }

  async listTopFolders(): Promise<string[]> {
    const folders: string[] = [];
    for await (const { prefixes } of this.#pages({
      prefix: this.#folder,
      delimiter: "/",
    }))
      for (const prefix of prefixes)
        folders.push(prefix.slice(this.#folder.length, -1));
    return folders.sort((one, other) =>
      Buffer.compare(Buffer.from(one), Buffer.from(other)),
    );
  }

  get(key: string, options: GetOptions = {}): Promise<OpenObject | null> {
    const attempt = this.#attempt("read", key);
    const name = this.#folder + key;
    const download = { ...this.#client, attempt, key, name };
    return openDownload(download, options.ifMatch);
  }

  put(
    key: string,
    body: Uint8Array | AsyncIterable<Uint8Array>,
    options: PutOptions = {},
  ): Promise<PutResult> {
    return this.#upload(key, options, () => body, body instanceof Uint8Array);
  }

  putFile(
    key: string,
    path: string,
    options: PutOptions & { readonly crc32c: string },
  ): Promise<PutResult> {
    return this.#upload(
      key,
      options,
      () => readBlocks(this.url, key, path),
      true,
    );
  }

  async delete(key: string): Promise<void> {
    const { limits } = this.#client;
    const storage = await this.#openStorage();
    const file = storage.bucket(this.#bucket).file(this.#folder + key);
    try {
      await retrying(limits, () => file.delete());
    } catch (error) {
      const isGone =
        statusOf(error) === 404 &&
        !/bucket does not exist/i.test(String(error));
      if (!isGone) throw translateGcsError(error, this.#attempt("delete", key));
    }
  }

  async *#pages(query: ListingQuery): AsyncGenerator<ListingPage> {
    const client = this.#client;
    let pageToken: string | undefined;
    do {
      let page: ListingPage;
      try {
        const next = pageToken === undefined ? query : { ...query, pageToken };
        page = await retrying(client.limits, () =>
          readPage(client, this.#bucket, next),
        );
      } catch (error) {
        const key = query.prefix.slice(this.#folder.length);
        throw translateGcsError(error, this.#attempt("list", key));
      }
      yield page;
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
  }

  async #upload(
    key: string,
    options: PutOptions,
    openBody: () => Uint8Array | AsyncIterable<Uint8Array>,
    isRepeatable: boolean,
  ): Promise<PutResult> {
    const storage = await this.#openStorage();
    const { limits } = this.#client;
    const attempt = this.#attempt("write", key);
    const name = this.#folder + key;
    const upload = { storage, limits, attempt, key, name, options };
    return uploadObject(upload, openBody, isRepeatable);
  }

  #openStorage(): Promise<Storage> {
    return (this.#storage ??= openStorage(this.#client));
  }

  #attempt(action: GcsAttempt["action"], key: string): GcsAttempt {
    return { url: this.url, bucket: this.#bucket, action, key };
  }
}

async function* readBlocks(
  url: string,
  key: string,
  path: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, {
      highWaterMark: blockBytes,
    }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw translateFileError(error, url, "write", key);
  }
}
