import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import {
  mkdir,
  open,
  realpath,
  rename,
  rm,
  stat,
  type FileHandle,
} from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { crc32c } from "@node-rs/crc32";
import {
  ObjectChangedError,
  PreconditionFailedError,
  ServiceError,
} from "../errors.js";
import type {
  ObjectInfo,
  ObjectStore,
  OpenObject,
  PutOptions,
  PutResult,
} from "../ports/object-store.js";
import { codeOf, translateFileError } from "./file-error.js";
import { checkFileKey, privateFolder } from "./file-key.js";
import { describeFile, listFiles } from "./file-listing.js";
import { sweepTemporaryFiles, withKeyLock } from "./file-private-folder.js";

const blockBytes = 256 * 1024;

/**
 * A folder as an object store: every plain file below it is an object, whatever its name.
 * Unfinished writes and locks lie in `.sluice-tmp` at its top, which no listing shows and no key may name.
 * Processes on one machine may share it; a symbolic link in it is an error, never followed.
 */
export class FileObjectStore implements ObjectStore {
  readonly url: string;
  readonly #directory: string;
  #prepared: Promise<void> | null = null;

  /** @param directory Absolute; made by the first put. */
  constructor(directory: string) {
    this.#directory = resolve(directory);
    this.url = `file:${this.#directory}`;
  }

  uri(key: string): string {
    return pathToFileURL(this.#path(key)).href;
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    yield* listFiles(this.#directory, prefix);
  }

  async get(
    key: string,
    options: { readonly ifMatch?: string } = {},
  ): Promise<OpenObject | null> {
    const path = this.#path(key);
    const info = await this.#find(key, path);
    if (info === null) return null;
    if (options.ifMatch !== undefined && options.ifMatch !== info.etag) {
      throw changed(this.url, key, "before it was read");
    }
    return { ...info, body: this.#read(info, path) };
  }

  async put(
    key: string,
    body: Uint8Array | AsyncIterable<Uint8Array>,
    options: PutOptions = {},
  ): Promise<PutResult> {
    const path = this.#path(key);
    const temporary = join(
      this.#directory,
      privateFolder,
      `${process.pid}-${randomBytes(12).toString("hex")}.tmp`,
    );
    try {
      this.#prepared ??= sweepTemporaryFiles(this.#directory);
      await this.#translating("write", key, this.#prepared);
      const written = await this.#writeTemporary(key, temporary, body);
      if (options.crc32c !== undefined && options.crc32c !== written) {
        throw new ServiceError(
          `${this.url}: ${key}: the bytes to write have crc32c ${written}, not ${options.crc32c}; nothing was written`,
        );
      }
      await this.#translating("write", key, this.#makeParents(path));
      return await withKeyLock(this.#directory, key, async (assertHeld) => {
        if (options.ifMatch !== undefined)
          await this.#expectEtag(key, path, options.ifMatch);
        assertHeld();
        const info = await this.#translating(
          "write",
          key,
          replaceFile(temporary, path, key),
        );
        return { ...info, crc32c: written };
      });
    } finally {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  async delete(key: string): Promise<void> {
    const path = this.#path(key);
    if ((await this.#find(key, path)) === null) return;
    await this.#translating("delete", key, rm(path, { force: true }));
  }

  #path(key: string): string {
    checkFileKey(this.url, key);
    return join(this.#directory, ...key.split("/"));
  }

  #translating<T>(action: string, key: string, work: Promise<T>): Promise<T> {
    return work.catch((error: unknown) => {
      throw translateFileError(error, this.url, action, key);
    });
  }

  /** Null where no plain file is: a folder is no object. */
  async #find(key: string, path: string): Promise<ObjectInfo | null> {
    try {
      await this.#refuseLinks(path);
      const info = await describeFile(key, path);
      return info === "folder" ? null : info;
    } catch (error) {
      if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR")
        return null;
      throw translateFileError(error, this.url, "read", key);
    }
  }

  async #refuseLinks(path: string): Promise<void> {
    const [root, folder] = await Promise.all([
      realpath(this.#directory),
      realpath(dirname(path)),
    ]);
    if (folder !== join(root, dirname(path).slice(this.#directory.length))) {
      throw new ServiceError(
        `${this.url}: ${dirname(path)} is reached through a symbolic link; put the files themselves there`,
      );
    }
  }

  async *#read(info: ObjectInfo, path: string): AsyncGenerator<Uint8Array> {
    let handle: FileHandle;
    try {
      handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch (error) {
      if (codeOf(error) === "ENOENT")
        throw changed(this.url, info.key, "before it was read");
      throw translateFileError(error, this.url, "read", info.key);
    }
    try {
      const same = async () =>
        (await describeFile(info.key, handle)).etag === info.etag;
      if (!(await same()))
        throw changed(this.url, info.key, "before it was read");
      for (;;) {
        const block = Buffer.allocUnsafeSlow(blockBytes);
        const { bytesRead } = await handle.read(block, 0, blockBytes, null);
        if (bytesRead === 0) break;
        yield block.subarray(0, bytesRead);
      }
      if (!(await same()))
        throw changed(this.url, info.key, "while it was read");
    } catch (error) {
      throw translateFileError(error, this.url, "read", info.key);
    } finally {
      await handle.close();
    }
  }

  /** The bytes' crc32c. An error of the body is thrown as it is. */
  async #writeTemporary(
    key: string,
    temporary: string,
    body: Uint8Array | AsyncIterable<Uint8Array>,
  ): Promise<string> {
    const handle = await this.#translating("write", key, open(temporary, "wx"));
    try {
      let crc = 0;
      for await (const block of body instanceof Uint8Array ? [body] : body) {
        crc = crc32c(block, crc);
        await this.#translating("write", key, handle.writeFile(block));
      }
      await this.#translating("write", key, handle.sync());
      return encodeCrc32c(crc);
    } finally {
      await handle.close();
    }
  }

  async #makeParents(path: string): Promise<void> {
    const parent = dirname(path);
    const first = await mkdir(parent, { recursive: true });
    await this.#refuseLinks(path);
    if (first === undefined) return;
    for (let made = parent; made.length >= first.length; made = dirname(made)) {
      await syncFolder(dirname(made));
    }
  }

  async #expectEtag(
    key: string,
    path: string,
    etag: string | null,
  ): Promise<void> {
    const found = (await this.#find(key, path))?.etag ?? null;
    if (found === etag) return;
    throw new PreconditionFailedError(
      `${this.url}: ${key}: found ${found ?? "no object"}, expected ${etag ?? "no object"}; another writer was first`,
    );
  }
}

async function replaceFile(
  temporary: string,
  path: string,
  key: string,
): Promise<ObjectInfo> {
  await rename(temporary, path);
  await syncFolder(dirname(path));
  return describeFile(key, await stat(path, { bigint: true }));
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function encodeCrc32c(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc >>> 0);
  return bytes.toString("base64");
}

function changed(url: string, key: string, when: string): ObjectChangedError {
  return new ObjectChangedError(
    `${url}: ${key} changed, or went away, ${when}; read it again`,
  );
}
