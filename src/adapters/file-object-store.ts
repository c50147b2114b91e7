import { randomBytes } from "node:crypto";
import { constants, createReadStream, readSync, realpathSync } from "node:fs";
import { open, rm, type FileHandle } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { crc32c } from "@node-rs/crc32";
import { encodeCrc32c } from "../encode-crc32c.js";
import {
  ObjectChangedError,
  PreconditionFailedError,
  ServiceError,
} from "../errors.js";
import type {
  GetOptions,
  ListedObject,
  ObjectInfo,
  ObjectStore,
  OpenObject,
  PutOptions,
  PutResult,
} from "../ports/object-store.js";
import {
  makeParents,
  moveFile,
  removeTemporary,
  replaceFile,
} from "./file-durable.js";
import { codeOf, translateFileError } from "./file-error.js";
import { checkFileKey, privateFolder } from "./file-key.js";
import {
  describeFile,
  listFileFolders,
  listFiles,
  type ListedFolder,
} from "./file-listing.js";
import { sweepTemporaryFiles, withKeyLock } from "./file-private-folder.js";

const blockBytes = 256 * 1024;

/** Blocks read in place between two turns of the event loop. */
const blocksATurn = 8;
const readOptions = { highWaterMark: blockBytes };

/**
 * A folder as an object store: every plain file below it is an object, whatever its name.
 * Unfinished writes and locks lie in `.sluice-tmp` at its top, which no listing shows and no key may name.
 * Processes on one machine may share it; a symbolic link in it is an error, never followed.
 */
export class FileObjectStore implements ObjectStore {
  readonly url: string;
  readonly #directory: string;
  readonly #mustExist: boolean;
  #prepared: Promise<void> | null = null;

  /**
   * @param directory Absolute; made by the first put.
   * @param options.mustExist Whether a listing is an AccessError until then; otherwise it is empty.
   */
  constructor(
    directory: string,
    options: { readonly mustExist?: boolean } = {},
  ) {
    this.#directory = resolve(directory);
    this.#mustExist = options.mustExist ?? false;
    this.url = `file:${this.#directory}`;
  }

  uri(key: string): string {
    return pathToFileURL(this.#path(key)).href;
  }

  async *list(prefix: string): AsyncIterable<ListedObject> {
    yield* listFiles(this.#listed(), prefix);
  }

  listTopFolders(): Promise<string[]> {
    return listFileFolders(this.#listed());
  }

  async get(key: string, options: GetOptions = {}): Promise<OpenObject | null> {
    const path = this.#path(key);
    const info = await this.#find(key, path);
    if (info === null) return null;
    if (options.ifMatch !== undefined && options.ifMatch !== info.etag) {
      throw changed(this.url, key, "before it was read");
    }
    return { ...info, body: this.#read(info, path, options.reuseBlocks) };
  }

  async put(
    key: string,
    body: Uint8Array | AsyncIterable<Uint8Array>,
    options: PutOptions = {},
  ): Promise<PutResult> {
    const path = this.#path(key);
    const temporary = this.#temporaryPath();
    try {
      await this.#prepare(key);
      const written = await this.#writeTemporary(key, temporary, body);
      if (options.crc32c !== undefined && options.crc32c !== written) {
        throw new ServiceError(
          `${this.url}: ${key}: the bytes to write have crc32c ${written}, not ${options.crc32c}; nothing was written`,
        );
      }
      const info = await this.#replace(key, path, temporary, options);
      return { ...info, crc32c: written };
    } finally {
      removeTemporary(temporary);
    }
  }

  /** Moves a file of the same file system; reads any other. */
  async putFile(
    key: string,
    file: string,
    options: PutOptions & { readonly crc32c: string },
  ): Promise<PutResult> {
    const path = this.#path(key);
    const temporary = this.#temporaryPath();
    try {
      await this.#prepare(key);
      if (!(await this.#translating("write", key, moveFile(file, temporary))))
        return await this.put(
          key,
          createReadStream(file, readOptions),
          options,
        );
      const info = await this.#replace(key, path, temporary, options);
      return { ...info, crc32c: options.crc32c };
    } finally {
      removeTemporary(temporary);
    }
  }

  async delete(key: string): Promise<void> {
    const path = this.#path(key);
    if ((await this.#find(key, path)) === null) return;
    await this.#translating("delete", key, rm(path, { force: true }));
  }

  #listed(): ListedFolder {
    return { directory: this.#directory, mustExist: this.#mustExist };
  }

  #temporaryPath(): string {
    const name = `${process.pid}-${randomBytes(12).toString("hex")}.tmp`;
    return join(this.#directory, privateFolder, name);
  }

  #prepare(key: string): Promise<void> {
    this.#prepared ??= sweepTemporaryFiles(this.#directory);
    return this.#translating("write", key, this.#prepared);
  }

  async #replace(
    key: string,
    path: string,
    temporary: string,
    { ifMatch }: PutOptions,
  ): Promise<ObjectInfo> {
    const parents = makeParents(path).then(() => {
      this.#refuseLinks(path);
    });
    await this.#translating("write", key, parents);
    return withKeyLock(this.#directory, key, async (assertHeld) => {
      if (ifMatch !== undefined) await this.#expectEtag(key, path, ifMatch);
      assertHeld();
      return this.#translating("write", key, replaceFile(temporary, path, key));
    });
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
      this.#refuseLinks(path);
      const info = await describeFile(key, path);
      return info === "folder" ? null : info;
    } catch (error) {
      if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR")
        return null;
      throw translateFileError(error, this.url, "read", key);
    }
  }

  #refuseLinks(path: string): void {
    const root = realpathSync.native(this.#directory);
    const folder = realpathSync.native(dirname(path));
    if (folder !== join(root, dirname(path).slice(this.#directory.length))) {
      throw new ServiceError(
        `${this.url}: ${dirname(path)} is reached through a symbolic link; put the files themselves there`,
      );
    }
  }

  async *#read(
    info: ObjectInfo,
    path: string,
    reuseBlocks = false,
  ): AsyncGenerator<Uint8Array> {
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
      yield* reuseBlocks
        ? readInPlace(handle.fd, info.sizeBytes)
        : readBlocks(handle);
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

async function* readBlocks(handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (;;) {
    const block = Buffer.allocUnsafeSlow(blockBytes);
    const { bytesRead } = await handle.read(block, 0, blockBytes, null);
    if (bytesRead === 0) return;
    yield block.subarray(0, bytesRead);
  }
}

/**
 * Each block in the place of the one before, read by the thread that uses it: its bytes are in that processor's cache
 * then, which halves the CPU of reading. Others get their turn between a few blocks.
 */
async function* readInPlace(
  file: number,
  sizeBytes: number,
): AsyncGenerator<Uint8Array> {
  const block = Buffer.allocUnsafeSlow(Math.min(blockBytes, sizeBytes));
  for (let blocks = 1; ; blocks += 1) {
    const bytesRead = readSync(file, block, 0, block.length, null);
    if (bytesRead === 0) return;
    yield block.subarray(0, bytesRead);
    if (blocks % blocksATurn === 0) await setImmediate();
  }
}

function changed(url: string, key: string, when: string): ObjectChangedError {
  return new ObjectChangedError(
    `${url}: ${key} changed, or went away, ${when}; read it again`,
  );
}
