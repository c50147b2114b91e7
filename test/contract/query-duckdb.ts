import type { Json } from "@duckdb/node-api";
import { openDuckDb } from "../../src/adapters/duckdb-database.js";

/** The rows of one query, over the connection that a warehouse of this process may have open. Numbers of 64 bits and times are text. */
export async function queryDuckDb(
  file: string,
  sql: string,
): Promise<Record<string, Json>[]> {
  const session = await openDuckDb(file, { lockWaitMs: 10_000 });
  const connection = await session.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    await session.close();
  }
}
