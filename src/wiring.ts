import { resolve } from "node:path";
import { DuckDbWarehouse } from "./adapters/duckdb-warehouse.js";
import { FileObjectStore } from "./adapters/file-object-store.js";
import { UsageError } from "./errors.js";
import type { ObjectStore } from "./ports/object-store.js";
import type { Warehouse } from "./ports/warehouse.js";

/** The adapter for a `file:DIR` URL. Relative folders start at the current one. */
export function openObjectStore(url: string): ObjectStore {
  if (url.startsWith("file:"))
    return new FileObjectStore(resolvePath(url, "file:"));
  throw new UsageError(
    `${url}: no object store of this scheme in this version; expected file:DIR`,
  );
}

/** The adapter for a `duckdb:FILE` URL. Relative files start at the current folder. */
export function openWarehouse(url: string): Warehouse {
  if (url.startsWith("duckdb:"))
    return new DuckDbWarehouse(resolvePath(url, "duckdb:"));
  throw new UsageError(
    `${url}: no warehouse of this scheme in this version; expected duckdb:FILE`,
  );
}

function resolvePath(url: string, scheme: string): string {
  const path = url.slice(scheme.length);
  if (path === "")
    throw new UsageError(`${url}: a path is missing after ${scheme}`);
  return resolve(path);
}
