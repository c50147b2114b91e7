import { existsSync } from "node:fs";
import { mkdir, realpath } from "node:fs/promises";
import path from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import pLimit from "p-limit";
import pRetry from "p-retry";
import { AccessError, ServiceError, SluiceError } from "../errors.js";
import { quoteTable } from "./duckdb-identifier.js";
import { ledgerDdl } from "./duckdb-ledger.js";
import {
  isLockConflict,
  messageOf,
  nameHolder,
  toOpenError,
} from "./duckdb-open-error.js";

/** DuckDB would take most of the machine's memory; past this it spills to a folder beside the file. */
const memoryLimit = "1GB";

/** Begins the comment of each TEMP table, so that a later process knows it. */
export const tempComment = "sluice temp";

/** One open database file, shared by all of this process: DuckDB's own lock keeps out other processes only. */
interface SharedDatabase {
  readonly instance: DuckDBInstance;
  readonly oneAtATime: <T>(task: () => Promise<T>) => Promise<T>;
}

interface OpenDatabase {
  readonly opening: Promise<SharedDatabase>;
  /** Sessions that are open or being opened. */
  users: number;
}

const openDatabases = new Map<string, OpenDatabase>();

/** An open database and how to leave it. */
export interface DuckDbSession {
  /** Keeps what changes shared tables apart from the same in other sessions of this process. */
  oneAtATime<T>(task: () => Promise<T>): Promise<T>;
  connect(): Promise<DuckDBConnection>;
  close(): Promise<void>;
}

/** How another process that has the file open is waited for. */
export interface LockWait {
  readonly lockWaitMs: number;
  /** How long nothing is said of it. */
  readonly tellAfterMs: number;
  /** Called once a wait. */
  readonly tell: (words: string) => void;
}

const defaultWait: LockWait = {
  lockWaitMs: 300_000,
  tellAfterMs: 2_000,
  tell: () => undefined,
};

/** Opens the file, made if need be, when no other process has it open. Throws AccessError or NotOpenedError where it can't. */
export async function openDuckDb(
  file: string,
  options: Partial<LockWait>,
): Promise<DuckDbSession> {
  const wait = { ...defaultWait, ...options };
  await makeFolder(path.dirname(file));
  const key = path.join(
    await realpath(path.dirname(file)),
    path.basename(file),
  );
  const entry = openDatabases.get(key) ?? {
    opening: openFile(file, wait),
    users: 0,
  };
  openDatabases.set(key, entry);
  entry.users += 1;
  const leave = () => {
    entry.users -= 1;
    const last = entry.users === 0;
    if (last) openDatabases.delete(key);
    return last;
  };
  const database = await entry.opening.catch((error: unknown) => {
    leave();
    throw error;
  });
  let closed = false;
  return {
    oneAtATime: database.oneAtATime,
    async connect() {
      const connection = await database.instance.connect();
      await connection.run("SET TimeZone = 'UTC'");
      return connection;
    },
    close() {
      if (!closed) {
        closed = true;
        if (leave()) database.instance.closeSync();
      }
      return Promise.resolve();
    },
  };
}

async function openFile(file: string, wait: LockWait): Promise<SharedDatabase> {
  const instance = await openWhenFree(file, wait);
  try {
    const connection = await instance.connect();
    try {
      for (const statement of ledgerDdl) await connection.run(statement);
      await dropOrphans(connection);
    } finally {
      connection.closeSync();
    }
  } catch (error) {
    instance.closeSync();
    throw toOpenError(error, file, wait.lockWaitMs);
  }
  const limit = pLimit(1);
  return { instance, oneAtATime: (task) => limit(task) };
}

async function openWhenFree(
  file: string,
  { lockWaitMs, tellAfterMs, tell }: LockWait,
): Promise<DuckDBInstance> {
  const startedAt = performance.now();
  let isTold = false;
  const tellOnce = (error: unknown): void => {
    if (isTold || performance.now() - startedAt < tellAfterMs) return;
    isTold = true;
    tell(
      `${file} is held open by ${nameHolder(error)}; waiting for it, up to ${Math.round(lockWaitMs / 1000)} s`,
    );
  };
  try {
    return await pRetry(
      () => DuckDBInstance.create(file, { memory_limit: memoryLimit }),
      {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: 20,
        maxTimeout: 500,
        factor: 1.5,
        randomize: true,
        maxRetryTime: lockWaitMs,
        shouldRetry: ({ error }) => {
          if (!isLockConflict(error)) return false;
          tellOnce(error);
          return true;
        },
      },
    );
  } catch (error) {
    throw toOpenError(error, file, lockWaitMs);
  }
}

/** This process alone has the file now, so a TEMP table in it belongs to one that was killed. */
async function dropOrphans(connection: DuckDBConnection): Promise<void> {
  const orphans = await connection.runAndReadAll(
    "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' AND starts_with(comment, $1)",
    [tempComment],
  );
  for (const [table] of orphans.getRows()) {
    await connection.run(`DROP TABLE IF EXISTS ${quoteTable(String(table))}`);
  }
}

export function duckdbFileExists(file: string): boolean {
  return existsSync(file);
}

/** DuckDB's error in words of ours; one that is ours already as it is. */
export function toServiceError(error: unknown, what: string): SluiceError {
  if (error instanceof SluiceError) return error;
  return new ServiceError(`${what}: ${messageOf(error)}`, { cause: error });
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new AccessError(
      `${folder}: no folder can be made there for the DuckDB file (${String(error)}): name another file in the warehouse URL`,
      { cause: error },
    );
  }
}
