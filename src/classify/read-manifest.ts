import { DataRefusedError } from "../errors.js";
import type { FolderHour } from "../folder-hour.js";
import type { ObjectStore } from "../ports/object-store.js";
import { findCountMismatch } from "./manifest-counts.js";
import { manifestKey, type Manifest } from "./manifest.js";
import { readWhole } from "./read-whole.js";
import { validateJson } from "./validate-json.js";

export interface StoredManifest {
  readonly manifest: Manifest;
  /** Of the manifest's object: what the next commit must find. */
  readonly etag: string;
}

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
  const { validate } = await import("./manifest-validator.js");
  const manifest = validateJson(object.bytes, validate);
  if (typeof manifest === "string") throw refuse(manifest);
  if (manifest.hour !== hour) throw refuse(`it tells of ${manifest.hour}`);
  const mismatch = findCountMismatch(manifest);
  if (mismatch !== null) throw refuse(mismatch);
  Object.setPrototypeOf(manifest.types, null);
  return { manifest, etag: object.etag };
}
