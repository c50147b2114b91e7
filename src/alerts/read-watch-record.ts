import { readWhole } from "../classify/read-whole.js";
import { validateJson } from "../classify/validate-json.js";
import { DataRefusedError } from "../errors.js";
import type { ObjectStore } from "../ports/object-store.js";
import {
  emptyWatchRecord,
  watchRecordKey,
  type WatchRecord,
} from "./watch-record.js";

export interface StoredWatchRecord {
  readonly record: WatchRecord;
  /** Null: there is none yet. */
  readonly etag: string | null;
}

/** Throws DataRefusedError where the object is no record of `watch`. */
export async function readWatchRecord(
  stage: ObjectStore,
): Promise<StoredWatchRecord> {
  const object = await readWhole(stage, watchRecordKey);
  if (object === null) return { record: emptyWatchRecord, etag: null };
  const { validate } = await import("./watch-record-validator.js");
  const record = validateJson(object.bytes, validate);
  if (typeof record !== "string") return { record, etag: object.etag };
  throw new DataRefusedError(
    `${stage.uri(watchRecordKey)} is no record of sluice watch: ${record}. Delete it; incidents that are open are then told once more`,
  );
}
