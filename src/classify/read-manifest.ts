import { Ajv, type ValidateFunction } from "ajv";
import { DataRefusedError, ObjectChangedError } from "../errors.js";
import type { FolderHour } from "../folder-hour.js";
import type { ObjectStore } from "../ports/object-store.js";
import { findCountMismatch } from "./manifest-counts.js";
import { manifestSchema } from "./manifest-schema.js";
import { manifestKey, type Manifest } from "./manifest.js";

export interface StoredManifest {
  readonly manifest: Manifest;
  /** Of the manifest's object: what the next commit must find. */
  readonly etag: string;
}

/** How often a manifest is read again that another run replaces while it is read. */
const maxReads = 5;

let validate: ValidateFunction<Manifest> | null = null;

/**
 * The hour's manifest; null where the hour is not classified. Its `types` has no prototype, so that a type named like
 * a member of Object is missing where it is missing. Throws DataRefusedError where the object is no manifest of this hour.
 */
export async function readManifest(
  store: ObjectStore,
  hour: FolderHour,
): Promise<StoredManifest | null> {
  const key = manifestKey(hour);
  const object = await readWhole(store, key);
  if (object === null) return null;

  const refuse = (problem: string): DataRefusedError =>
    new DataRefusedError(
      `${store.url}: ${key} is no manifest of ${hour}: ${problem}. Put a sound copy of it back; without one, delete it and classify the hour again until its seq passes the one in _sluice_loads: loads keep what a higher seq brought`,
    );
  let manifest: unknown;
  try {
    manifest = JSON.parse(object.bytes.toString());
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : "it is not JSON");
  }
  validate ??= new Ajv({ allErrors: true }).compile<Manifest>(manifestSchema);
  if (!validate(manifest)) {
    const problems = (validate.errors ?? []).map(
      (error) => `${error.instancePath || "/"} ${error.message ?? "is wrong"}`,
    );
    throw refuse(problems.slice(0, 10).join("; "));
  }
  if (manifest.hour !== hour) throw refuse(`it tells of ${manifest.hour}`);
  const mismatch = findCountMismatch(manifest);
  if (mismatch !== null) throw refuse(mismatch);
  Object.setPrototypeOf(manifest.types, null);
  return { manifest, etag: object.etag };
}

async function readWhole(
  store: ObjectStore,
  key: string,
): Promise<{ readonly bytes: Buffer; readonly etag: string } | null> {
  for (let read = 1; ; read += 1) {
    try {
      const object = await store.get(key);
      if (object === null) return null;
      const blocks: Uint8Array[] = [];
      for await (const block of object.body) blocks.push(block);
      return { bytes: Buffer.concat(blocks), etag: object.etag };
    } catch (error) {
      if (!(error instanceof ObjectChangedError) || read === maxReads)
        throw error;
    }
  }
}
