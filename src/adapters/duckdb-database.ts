import { existsSync } from "node:fs";
import { mkdir, realpath } from "node:fs/promises";
import path from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import pLimit from "p-limit";
import pRetry from "p-retry";
import { ServiceError, SluiceError } from "../errors.js";
import { quoteTable } from "./duckdb-identifier.js";
import { ledgerDdl } from "./duckdb-ledger.js";

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

/** Opens the file, made if need be. Waits for another process that has it open, up to `lockWaitMs`; then ServiceError. */
export async function openDuckDb(
  file: string,
  lockWaitMs: number,
): Promise<DuckDbSession> {
  await makeFolder(path.dirname(file));
  const key = path.join(
    await realpath(path.dirname(file)),
    path.basename(file),
  );
  const entry = openDatabases.get(key) ?? {
    opening: openFile(file, lockWaitMs),
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

async function openFile(
  file: string,
  lockWaitMs: number,
): Promise<SharedDatabase> {
  const instance = await openWhenFree(file, lockWaitMs);
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
    throw toServiceError(error, `${file} can't be prepared`);
  }
  const limit = pLimit(1);
  return { instance, oneAtATime: (task) => limit(task) };
}

async function openWhenFree(
  file: string,
  lockWaitMs: number,
): Promise<DuckDBInstance> {
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
        shouldRetry: ({ error }) => isLockConflict(error),
      },
    );
  } catch (error) {
    if (!isLockConflict(error))
      throw toServiceError(error, `${file} can't be opened`);
    const holder = /PID (\d+)/.exec(messageOf(error))?.[1];
    const who =
      holder === undefined ? "another process" : `the process ${holder}`;
    throw new ServiceError(
      `${file} is held open by ${who}, still after ${Math.round(lockWaitMs / 1000)} s of waiting. ` +
        "DuckDB lets one process at a time write: end that process (a duckdb shell, perhaps) and run this again.",
      { cause: error },
    );
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

function isLockConflict(error: unknown): boolean {
  return /Could not set lock on file/.test(messageOf(error));
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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
    throw new ServiceError(
      `${folder}: no folder can be made there for the DuckDB file (${String(error)}): name another file in the warehouse URL`,
      { cause: error },
    );
  }
}
