import type { Catalog } from "../catalog/catalog.js";
import { defaultMaxLineBytes } from "./splitter.js";

/** What a thread must know to split objects: plain data, so that it can be sent to one. */
export interface SplitTask {
  readonly typeKey: readonly string[];
  /** Names of the catalog's types. */
  readonly knownTypes: ReadonlySet<string>;
  /** Columns to wrap as text, by type. */
  readonly wrapped: ReadonlyMap<string, readonly string[]>;
  readonly maxLineBytes: number;
  readonly partSizeBytes: number;
  /** Of one thread's spool; its splitter has as much again. */
  readonly bufferBytes: number;
  /** Spool files that one thread keeps open between writes. */
  readonly filesOpen: number;
  /** Source objects that one thread has open, the one that it reads included. */
  readonly objectsOpen: number;
  /** Parts that a thread may have handed over before it waits for them to be stored. */
  readonly partsAhead: number;
}

/** Limits of a split; each has a default. */
export interface SplitLimits {
  /** Of all buffers of parts together, in all threads; what goes past it is spooled. */
  readonly bufferBytes?: number;
  readonly partSizeBytes?: number;
  readonly maxLineBytes?: number;
  /** Parts uploaded at once, and source objects open at once; there are at least two of those in each thread. */
  readonly concurrency?: number;
}

const defaultBufferBytes = 64 * 1024 ** 2;

/**
 * A failed upload repeats at most this much, and the spool need not hold more than a few of them. BigQuery takes a file
 * of up to 4 GB compressed by gzip, which a part stays below even where gzip saves nothing:
 * https://cloud.google.com/bigquery/quotas#load_jobs
 */
const defaultPartSizeBytes = 1024 ** 3;

export const defaultConcurrency = 4;

export function createSplitTask(
  catalog: Catalog,
  limits: SplitLimits,
  threads: number,
): SplitTask {
  const concurrency = limits.concurrency ?? defaultConcurrency;
  return {
    typeKey: catalog.typeKey,
    knownTypes: new Set(catalog.types.keys()),
    wrapped: new Map(
      [...catalog.types.values()]
        .filter((type) => type.wrapped.length > 0)
        .map((type) => [type.name, type.wrapped]),
    ),
    maxLineBytes: limits.maxLineBytes ?? defaultMaxLineBytes,
    partSizeBytes: limits.partSizeBytes ?? defaultPartSizeBytes,
    bufferBytes: Math.floor(
      (limits.bufferBytes ?? defaultBufferBytes) / threads / 2,
    ),
    filesOpen: Math.ceil(256 / threads),
    objectsOpen: Math.max(2, Math.ceil(concurrency / threads)),
    partsAhead: Math.max(1, Math.ceil(concurrency / threads)),
  };
}
