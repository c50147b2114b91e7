import type { FolderHour } from "../folder-hour.js";
import type { Message } from "../ports/messenger.js";
import type { Incident } from "./model.js";

/** A message that is still to be sent. */
export interface OutboxEntry {
  readonly id: string;
  /** The incident's id. */
  readonly incident: string;
  /** Messengers, by name, that it was not sent by yet. */
  readonly pending: readonly string[];
  readonly hour: FolderHour;
  readonly message: Message;
}

/** Who may send now. Others wait until it is given back, or past. */
export interface WatchLease {
  readonly run: string;
  /** ISO 8601. */
  readonly until: string;
}

/** What `watch --send` knows of the hours before. Written as JSON at `_watch/incidents.json`, each time as a whole. */
export interface WatchRecord {
  readonly version: 1;
  /** Counts the writes, so that no two records are alike. */
  readonly revision: number;
  /** The last hour that was watched; null: none. */
  readonly watched: FolderHour | null;
  readonly lease: WatchLease | null;
  readonly incidents: readonly Incident[];
  /** In the order in which they are to be sent. */
  readonly outbox: readonly OutboxEntry[];
}

export const watchRecordKey = "_watch/incidents.json";

export const emptyWatchRecord: WatchRecord = {
  version: 1,
  revision: 0,
  watched: null,
  lease: null,
  incidents: [],
  outbox: [],
};
