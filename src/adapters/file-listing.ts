import type { BigIntStats, Dirent } from "node:fs";
import { lstat, readdir, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { AccessError, ServiceError } from "../errors.js";
import type { ListedObject, ObjectInfo } from "../ports/object-store.js";
import { codeOf, translateFileError } from "./file-error.js";
import { checkFileKey, privateFolder } from "./file-key.js";

/** A folder to list. */
export interface ListedFolder {
  readonly directory: string;
  /** Whether a listing is an AccessError where the folder is missing; otherwise it is empty. */
  readonly mustExist: boolean;
}

/**
 * Files below `directory` whose key starts with `prefix`, by the key's UTF-8 bytes; holds one folder's names per level.
 * A folder sorts as its name and a slash, so that `a-b` comes before `a/b`, and `a0` after.
 */
export async function* listFiles(
  listed: ListedFolder,
  prefix: string,
): AsyncGenerator<ListedObject> {
  const url = `file:${listed.directory}`;
  const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  if (folder !== "") checkFileKey(url, folder.slice(0, -1));
  yield* walk(url, listed, folder, prefix);
}

async function* walk(
  url: string,
  listed: ListedFolder,
  folder: string,
  prefix: string,
): AsyncGenerator<ListedObject> {
  const entries = await readFolder(url, listed, folder);
  const keys = entries
    .map((entry) => ({
      entry,
      key: folder + entry.name + (entry.isDirectory() ? "/" : ""),
    }))
    .filter(({ key }) => key !== `${privateFolder}/`)
    .filter(
      ({ key }) =>
        key.startsWith(prefix) || (key.endsWith("/") && prefix.startsWith(key)),
    )
    .map(({ entry, key }) => ({ entry, key, bytes: Buffer.from(key) }))
    .sort((a, b) => a.bytes.compare(b.bytes));
  for (const { entry, key } of keys) {
    if (entry.isDirectory()) {
      yield* walk(url, listed, key, prefix);
      continue;
    }
    checkFileKey(url, key);
    const info = await describeListed(url, listed.directory, key);
    if (info !== null) yield info;
  }
}

/** Folders of `directory` that hold a file, however deep. */
export async function listFileFolders(listed: ListedFolder): Promise<string[]> {
  const url = `file:${listed.directory}`;
  const names: string[] = [];
  for (const { name } of await readFolder(url, listed, "")) {
    if (name === privateFolder) continue;
    for await (const { key } of listFiles(listed, `${name}/`)) {
      names.push(key.slice(0, key.indexOf("/")));
      break;
    }
  }
  return names.sort((one, other) =>
    Buffer.compare(Buffer.from(one), Buffer.from(other)),
  );
}

/** Entries of a folder; none where there is no such folder. */
async function readFolder(
  url: string,
  { directory, mustExist }: ListedFolder,
  folder: string,
): Promise<Dirent[]> {
  try {
    return await readdir(join(directory, folder), { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) !== "ENOENT" && codeOf(error) !== "ENOTDIR")
      throw translateFileError(error, url, "list", folder);
    if (mustExist) await requireFolder(url, directory);
    return [];
  }
}

/** A disk that is not mounted must not look like hours without rows. */
async function requireFolder(url: string, directory: string): Promise<void> {
  let found = "there is a file, and must be a folder";
  try {
    if ((await stat(directory)).isDirectory()) return;
  } catch (error) {
    if (codeOf(error) !== "ENOENT" && codeOf(error) !== "ENOTDIR")
      throw translateFileError(error, url, "list", "");
    found = "there is no such folder";
  }
  throw new AccessError(
    `${url}: ${found}: mount or make it, or name the folder that holds the hours`,
  );
}

/** Null where the file was deleted since its folder was read. */
async function describeListed(
  url: string,
  directory: string,
  key: string,
): Promise<ListedObject | null> {
  try {
    const stats = await lstat(join(directory, key), { bigint: true });
    if (stats.isDirectory()) return null;
    return { ...(await describeFile(key, stats)), modifiedAt: stats.mtime };
  } catch (error) {
    if (codeOf(error) !== "ENOENT")
      throw translateFileError(error, url, "list", key);
    if (!key.includes("\ufffd")) return null;
    throw new ServiceError(
      `${url}: the file name ${JSON.stringify(key)} is not UTF-8; rename it`,
    );
  }
}

/** What a listing tells of a file. Throws ServiceError on a link, a socket or a device. */
export async function describeFile(
  key: string,
  path: string,
): Promise<ObjectInfo | "folder">;
export async function describeFile(
  key: string,
  open: FileHandle | BigIntStats,
): Promise<ObjectInfo>;
export async function describeFile(
  key: string,
  file: string | FileHandle | BigIntStats,
): Promise<ObjectInfo | "folder"> {
  const stats =
    typeof file === "string"
      ? await lstat(file, { bigint: true })
      : "fd" in file
        ? await file.stat({ bigint: true })
        : file;
  if (stats.isDirectory()) return "folder";
  if (!stats.isFile()) {
    const kind = stats.isSymbolicLink() ? "a symbolic link" : "no plain file";
    throw new ServiceError(
      `${JSON.stringify(key)} is ${kind}; put the file itself there`,
    );
  }
  return {
    key,
    sizeBytes: Number(stats.size),
    etag: `${stats.ino}-${stats.mtimeNs}-${stats.size}`,
  };
}
