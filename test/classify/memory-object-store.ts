import { readFile } from "node:fs/promises";
import { crc32c } from "@node-rs/crc32";
import {
  ObjectChangedError,
  PreconditionFailedError,
  ServiceError,
} from "../../src/errors.js";
import type {
  ListedObject,
  ObjectInfo,
  ObjectStore,
  OpenObject,
  PutOptions,
  PutResult,
} from "../../src/ports/object-store.js";

const blockBytes = 64 * 1024;

/** A store without a disk, for tests of thousands of runs; each call is one step. */
export class MemoryObjectStore implements ObjectStore {
  readonly url = "memory:";
  readonly #objects = new Map<string, { etag: string; bytes: Buffer }>();
  #puts = 0;

  uri(key: string): string {
    return `memory:${key}`;
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    const keys = [...this.#objects.keys()].filter((key) =>
      key.startsWith(prefix),
    );
    const infos = keys
      .sort((one, other) =>
        Buffer.compare(Buffer.from(one), Buffer.from(other)),
      )
      .map((key) => this.#describe(key));
    const modifiedAt = new Date();
    yield* await Promise.resolve(
      infos
        .filter((info) => info !== null)
        .map((info) => ({ ...info, modifiedAt })),
    );
  }

  listTopFolders(): Promise<string[]> {
    const names = [...this.#objects.keys()]
      .filter((key) => key.includes("/"))
      .map((key) => key.slice(0, key.indexOf("/")));
    return Promise.resolve([...new Set(names)].sort());
  }

  get(
    key: string,
    options: { readonly ifMatch?: string } = {},
  ): Promise<OpenObject | null> {
    const info = this.#describe(key);
    const bytes = this.#objects.get(key)?.bytes;
    if (info === null || bytes === undefined) return Promise.resolve(null);
    if (options.ifMatch !== undefined && info.etag !== options.ifMatch)
      return Promise.reject(new ObjectChangedError(`${key} changed`));
    async function* read(whole: Buffer): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < whole.length; at += blockBytes)
        yield await Promise.resolve(whole.subarray(at, at + blockBytes));
    }
    return Promise.resolve({ ...info, body: read(bytes) });
  }

  async put(
    key: string,
    body: Uint8Array | AsyncIterable<Uint8Array>,
    options: PutOptions = {},
  ): Promise<PutResult> {
    const blocks: Uint8Array[] = [];
    if (body instanceof Uint8Array) blocks.push(body);
    else for await (const block of body) blocks.push(Uint8Array.from(block));
    const bytes = Buffer.concat(blocks);
    const found = this.#objects.get(key)?.etag ?? null;
    if (options.ifMatch !== undefined && found !== options.ifMatch)
      throw new PreconditionFailedError(`${key}: another writer was first`);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32c(bytes) >>> 0);
    if (
      options.crc32c !== undefined &&
      sum.toString("base64") !== options.crc32c
    )
      throw new ServiceError(`${key}: other bytes than expected`);
    this.#puts += 1;
    const etag = String(this.#puts);
    this.#objects.set(key, { etag, bytes });
    return {
      key,
      etag,
      sizeBytes: bytes.length,
      crc32c: sum.toString("base64"),
    };
  }

  async putFile(
    key: string,
    path: string,
    options: PutOptions,
  ): Promise<PutResult> {
    const bytes = await readFile(path).catch((error: unknown) => {
      throw new ServiceError(`${key}: ${String(error)}`);
    });
    return this.put(key, bytes, options);
  }

  delete(key: string): Promise<void> {
    this.#objects.delete(key);
    return Promise.resolve();
  }

  #describe(key: string): ObjectInfo | null {
    const object = this.#objects.get(key);
    return object === undefined
      ? null
      : { key, etag: object.etag, sizeBytes: object.bytes.length };
  }
}
