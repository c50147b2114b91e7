import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { DeleteObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type {
  GetOptions,
  ListedObject,
  ObjectStore,
  OpenObject,
  PutOptions,
  PutResult,
} from "../ports/object-store.js";
import { translateFileError } from "./file-error.js";
import { createS3Client } from "./s3-client.js";
import { openDownload } from "./s3-download.js";
import { codeOf, type S3Attempt, translateS3Error } from "./s3-error.js";
import { readEtag } from "./s3-etag.js";
import { type S3Limits, s3Limits } from "./s3-limits.js";
import { decodeKey, listPages } from "./s3-listing.js";
import { putBytes, putStream, type S3Upload } from "./s3-upload.js";

const blockBytes = 256 * 1024;

export interface S3ObjectStoreOptions {
  readonly bucket: string;
  /** Without slashes at its ends; empty for the whole bucket. */
  readonly prefix: string;
  readonly forcePathStyle: boolean;
  /** Where the SDK finds none. */
  readonly defaultRegion: string | undefined;
}

/**
 * A bucket of S3, or of a server that speaks its protocol with conditional writes, or a prefix in one.
 * An etag is the ETag, which for most objects is a hash of the bytes: the same bytes written again may have the same.
 */
export class S3ObjectStore implements ObjectStore {
  readonly url: string;
  readonly #options: S3ObjectStoreOptions;
  readonly #limits: S3Limits;
  readonly #root: string;
  #connected: Promise<S3Client> | undefined;

  constructor(options: S3ObjectStoreOptions, limits: S3Limits = s3Limits) {
    const { bucket, prefix } = options;
    this.#options = options;
    this.#limits = limits;
    this.#root = prefix === "" ? "" : `${prefix}/`;
    this.url = `s3://${bucket}${prefix === "" ? "" : `/${prefix}`}`;
  }

  uri(key: string): string {
    return `s3://${this.#options.bucket}/${this.#root}${key}`;
  }

  async *list(prefix: string): AsyncIterable<ListedObject> {
    for await (const page of listPages({
      client: await this.#connect(),
      attempt: this.#attempt("list", prefix),
      prefix: this.#root + prefix,
      pageObjects: this.#limits.pageObjects,
    })) {
      for (const object of page.Contents ?? []) {
        const key = decodeKey(page, object.Key).slice(this.#root.length);
        // Consoles make an empty object where they show a folder.
        if (key === "") continue;
        yield {
          key,
          sizeBytes: object.Size ?? 0,
          etag: readEtag(object.ETag),
          modifiedAt: object.LastModified ?? new Date(0),
        };
      }
    }
  }

  async listTopFolders(): Promise<string[]> {
    const folders: string[] = [];
    for await (const page of listPages({
      client: await this.#connect(),
      attempt: this.#attempt("list", ""),
      prefix: this.#root,
      delimiter: "/",
      pageObjects: this.#limits.pageObjects,
    })) {
      for (const { Prefix } of page.CommonPrefixes ?? [])
        folders.push(
          decodeKey(page, Prefix).slice(this.#root.length, -"/".length),
        );
    }
    // Listed as `a-b/`, `a/`.
    return folders.sort((a, b) => Buffer.from(a).compare(Buffer.from(b)));
  }

  async get(key: string, options: GetOptions = {}): Promise<OpenObject | null> {
    return openDownload(
      {
        client: await this.#connect(),
        limits: this.#limits,
        attempt: this.#attempt("read", key),
        key,
        objectKey: this.#root + key,
      },
      options.ifMatch,
    );
  }

  async put(
    key: string,
    body: Uint8Array | AsyncIterable<Uint8Array>,
    options: PutOptions = {},
  ): Promise<PutResult> {
    const upload = await this.#upload(key, options);
    return body instanceof Uint8Array
      ? putBytes(upload, body)
      : putStream(upload, body);
  }

  /** Reads the file, and leaves it where it is. */
  async putFile(
    key: string,
    path: string,
    options: PutOptions & { readonly crc32c: string },
  ): Promise<PutResult> {
    const upload = await this.#upload(key, options);
    try {
      const { size } = await stat(path);
      if (size <= this.#limits.partBytes)
        return await putBytes(upload, await readFile(path));
      const blocks = createReadStream(path, { highWaterMark: blockBytes });
      return await putStream(upload, blocks, size);
    } catch (error) {
      throw translateFileError(error, this.url, "read the file for", key);
    }
  }

  async delete(key: string): Promise<void> {
    const client = await this.#connect();
    const { bucket: Bucket } = this.#options;
    try {
      await client.send(
        new DeleteObjectCommand({ Bucket, Key: this.#root + key }),
      );
    } catch (error) {
      if (codeOf(error) === "NoSuchKey") return;
      throw translateS3Error(error, this.#attempt("delete", key));
    }
  }

  async #upload(key: string, options: PutOptions): Promise<S3Upload> {
    return {
      client: await this.#connect(),
      limits: this.#limits,
      attempt: this.#attempt("write", key),
      key,
      objectKey: this.#root + key,
      options,
    };
  }

  #attempt(action: S3Attempt["action"], key: string): S3Attempt {
    return { url: this.url, bucket: this.#options.bucket, action, key };
  }

  #connect(): Promise<S3Client> {
    const { forcePathStyle, defaultRegion } = this.#options;
    return (this.#connected ??= createS3Client({
      url: this.url,
      forcePathStyle,
      defaultRegion,
      limits: this.#limits,
    }));
  }
}
