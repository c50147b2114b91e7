import { join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import type { SplitThreadData } from "./classify/split-thread.js";
import { UsageError } from "./errors.js";
import { findPackageRoot } from "./package-root.js";
import type { ObjectStore } from "./ports/object-store.js";
import type { Warehouse } from "./ports/warehouse.js";

/** The adapter for a `file:DIR` URL. Relative folders start at the current one. */
export async function openObjectStore(url: string): Promise<ObjectStore> {
  if (url.startsWith("file:")) {
    const directory = resolvePath(url, "file:");
    const { FileObjectStore } = await import("./adapters/file-object-store.js");
    return new FileObjectStore(directory);
  }
  throw new UsageError(
    `${url}: no object store of this scheme in this version; expected file:DIR`,
  );
}

/** The adapter for a `duckdb:FILE` URL. Relative files start at the current folder. */
export async function openWarehouse(url: string): Promise<Warehouse> {
  if (url.startsWith("duckdb:")) {
    const file = resolvePath(url, "duckdb:");
    const { DuckDbWarehouse } = await import("./adapters/duckdb-warehouse.js");
    return new DuckDbWarehouse(file);
  }
  throw new UsageError(
    `${url}: no warehouse of this scheme in this version; expected duckdb:FILE`,
  );
}

/** Starts a thread that splits objects; it opens its own object store. */
export function startSplitThread(data: SplitThreadData): Worker {
  return new Worker(join(findPackageRoot(), "dist/src/split-worker.js"), {
    workerData: data,
    execArgv: [],
  });
}

function resolvePath(url: string, scheme: string): string {
  const path = url.slice(scheme.length);
  if (path === "")
    throw new UsageError(`${url}: a path is missing after ${scheme}`);
  return resolve(path);
}
