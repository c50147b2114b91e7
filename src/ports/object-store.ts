/** What a listing tells of one object. */
export interface ObjectInfo {
  /** Relative to the store's URL, with `/` between segments, never starting with one. */
  readonly key: string;
  readonly sizeBytes: number;
  /**
   * Opaque; differs whenever the object's bytes do. GCS's generation and a file's inode and time also tell that the same
   * bytes were written again; S3's ETag, mostly a hash of the bytes, does not.
   */
  readonly etag: string;
}

/** An object in a listing. */
export interface ListedObject extends ObjectInfo {
  /** When it was written, by the store's clock. */
  readonly modifiedAt: Date;
}

/** One open object. The body must be read to its end, or destroyed by leaving its iterator. */
export interface OpenObject extends ObjectInfo {
  /** The object's bytes in order, in blocks of any size. Throws ObjectChangedError when it changed meanwhile, ServiceError when reading fails. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface GetOptions {
  /** ObjectChangedError unless the object stands at this etag. */
  readonly ifMatch?: string;
  /** A block of the body may be overwritten as soon as the next one is asked for, which spares a large object much memory. */
  readonly reuseBlocks?: boolean;
}

export interface PutOptions {
  /**
   * Write only if the object stands at this etag; `null`: only if there is none. Otherwise PreconditionFailedError, and
   * nothing is changed. A store may also say so of its own write whose answer was lost; look at what stands.
   */
  readonly ifMatch?: string | null;
  /** Base64 of the big-endian CRC32C that the bytes must have. Otherwise ServiceError, and nothing is changed. */
  readonly crc32c?: string;
}

export interface PutResult extends ObjectInfo {
  /** Base64 of the big-endian CRC32C of the bytes that were stored. */
  readonly crc32c: string;
}

/**
 * A bucket, or a prefix in one. Strongly consistent: what was put is seen by the next get and list.
 * Every error is a ServiceError (or one of its subclasses); no SDK error passes.
 */
export interface ObjectStore {
  /** For messages and manifests; holds no credentials. */
  readonly url: string;

  /** The URL by which another service may read the object. */
  uri(key: string): string;

  /**
   * Every object whose key starts with `prefix`, in ascending order of the key's UTF-8 bytes, page by page behind the iterator.
   * No such prefix is no objects. A page that cannot be read is an error, never a shorter listing.
   */
  list(prefix: string): AsyncIterable<ListedObject>;

  /** Names of the folders at the top, in ascending order: what the keys that hold a slash have before the first one. */
  listTopFolders(): Promise<string[]>;

  /** Null where there is no such object. */
  get(key: string, options?: GetOptions): Promise<OpenObject | null>;

  /**
   * Writes the whole object or nothing: a reader, and a listing, see the old object or the new one.
   * A body that throws leaves nothing behind that a listing shows, and its error is rethrown as it is.
   */
  put(
    key: string,
    body: Uint8Array | AsyncIterable<Uint8Array>,
    options?: PutOptions,
  ): Promise<PutResult>;

  /**
   * The same with the bytes of a local file, which have this crc32c. Takes the file over: it is moved where that can be
   * done, and may be gone afterwards, also where this fails.
   */
  putFile(
    key: string,
    path: string,
    options: PutOptions & { readonly crc32c: string },
  ): Promise<PutResult>;

  /** Done as well where there is no such object. */
  delete(key: string): Promise<void>;
}
