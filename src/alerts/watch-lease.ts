import { PreconditionFailedError, ServiceError } from "../errors.js";
import type { ObjectStore } from "../ports/object-store.js";
import {
  readWatchRecord,
  type StoredWatchRecord,
} from "./read-watch-record.js";
import { watchRecordKey, type WatchRecord } from "./watch-record.js";

/** Longer than it takes to send a message with its retries; each write begins it anew. */
const leaseMs = 5 * 60_000;
const longestWaitMs = 15 * 60_000;
const pollMs = 5000;

export interface WatchLeasePorts {
  readonly stage: ObjectStore;
  readonly clock: () => Date;
  readonly wait: (ms: number) => Promise<void>;
}

/** The record, while this run alone may send. */
export interface HeldRecord {
  readonly record: WatchRecord;
  /** Writes it before it resolves. Throws ServiceError, and nothing is written, where another run has taken over. */
  save(change: Partial<WatchRecord>): Promise<void>;
  /** Writes it and gives the lease back. */
  release(): Promise<void>;
}

/**
 * Waits until no other run sends, and keeps others from it. What holds the lease may be killed: it is past five minutes after its
 * last write. Throws ServiceError where others hold it for too long.
 */
export async function takeWatchLease(
  run: string,
  ports: WatchLeasePorts,
): Promise<HeldRecord> {
  const { stage, clock, wait } = ports;
  const begunMs = clock().getTime();
  for (;;) {
    const stored = await readWatchRecord(stage);
    const { lease } = stored.record;
    const nowMs = clock().getTime();
    if (
      lease === null ||
      lease.run === run ||
      Date.parse(lease.until) <= nowMs
    ) {
      const held = await write(run, stored, stored.record, ports);
      if (held !== null) return holdRecord(run, held, ports);
      continue;
    }
    if (nowMs - begunMs >= longestWaitMs)
      throw new ServiceError(
        `${stage.uri(watchRecordKey)}: run ${lease.run} has been sending for ${longestWaitMs / 60_000} minutes, until ${lease.until}. Run again later`,
      );
    await wait(pollMs);
  }
}

function holdRecord(
  run: string,
  taken: StoredWatchRecord,
  ports: WatchLeasePorts,
): HeldRecord {
  let stored = taken;
  async function save(
    change: Partial<WatchRecord>,
    isLast = false,
  ): Promise<void> {
    const next = { ...stored.record, ...change };
    const written = await write(run, stored, next, ports, isLast);
    if (written === null)
      throw new ServiceError(
        `${ports.stage.uri(watchRecordKey)}: another run took over, because this one was slow; an alert may have been sent by both. Run again`,
      );
    stored = written;
  }
  return {
    get record() {
      return stored.record;
    },
    save: (change) => save(change),
    release: () => save({}, true),
  };
}

/** Null where another run was first. */
async function write(
  run: string,
  { record: { revision }, etag }: StoredWatchRecord,
  next: WatchRecord,
  { stage, clock }: WatchLeasePorts,
  isLast = false,
): Promise<StoredWatchRecord | null> {
  const until = new Date(clock().getTime() + leaseMs).toISOString();
  const record: WatchRecord = {
    ...next,
    revision: revision + 1,
    lease: isLast ? null : { run, until },
  };
  const bytes = Buffer.from(`${JSON.stringify(record)}\n`);
  try {
    const put = await stage.put(watchRecordKey, bytes, { ifMatch: etag });
    return { record, etag: put.etag };
  } catch (error) {
    if (!(error instanceof PreconditionFailedError)) throw error;
    // The store may say so of our own write whose answer was lost.
    const standing = await readWatchRecord(stage);
    return JSON.stringify(standing.record) === JSON.stringify(record)
      ? standing
      : null;
  }
}
