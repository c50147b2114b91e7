import type { DuckDBConnection } from "@duckdb/node-api";
import pRetry from "p-retry";
import type {
  ColumnSums,
  HourRow,
  LedgerRow,
  LoadTempOptions,
  OriginTable,
  ReplaceHour,
  ReplaceOutcome,
  Warehouse,
} from "../ports/warehouse.js";
import type { TableField } from "../schema/table-field.js";
import { appendSources } from "./duckdb-append.js";
import { readColumnSums } from "./duckdb-columns.js";
import {
  duckdbFileExists,
  openDuckDb,
  tempComment,
  toServiceError,
  type DuckDbSession,
  type LockWait,
} from "./duckdb-database.js";
import {
  columnDefinition,
  describeDuckDbTable,
  writeFieldComments,
} from "./duckdb-describe.js";
import { duckdbDialect } from "./duckdb-dialect.js";
import { quoteTable, quoteText } from "./duckdb-identifier.js";
import {
  hourText,
  readCurrentHours,
  readCurrentLedger,
} from "./duckdb-ledger.js";
import { messageOf } from "./duckdb-open-error.js";
import {
  checkExpressions,
  replaceHourInTransaction,
} from "./duckdb-replace.js";

const conflictRetries = 10;

/**
 * The warehouse in one DuckDB file. The file is opened at the first call, waiting for another process that has it open, and held until
 * `close`. Tables are in the schema `main`.
 */
export class DuckDbWarehouse implements Warehouse {
  readonly url: string;
  readonly dialect = duckdbDialect;
  readonly #file: string;
  readonly #wait: Partial<LockWait>;
  #session: Promise<DuckDbSession> | null = null;

  constructor(file: string, wait: Partial<LockWait> = {}) {
    this.url = `duckdb:${file}`;
    this.#file = file;
    this.#wait = wait;
  }

  async describeTable(table: string): Promise<readonly TableField[] | null> {
    if (this.#nothingStored()) return null;
    return this.#use(`${table} can't be described`, (connection) =>
      describeDuckDbTable(connection, table),
    );
  }

  async ensureTable({
    table,
    fields,
    description,
  }: OriginTable): Promise<readonly string[]> {
    await this.#change(`${table} can't be created`, async (connection) => {
      if ((await describeDuckDbTable(connection, table)) !== null) return;
      await createTable(connection, table, fields);
      await writeFieldComments(connection, table, fields);
      if (description === undefined) return;
      await connection.run(
        `COMMENT ON TABLE ${quoteTable(table)} IS ${quoteText(description)}`,
      );
    });
    return [];
  }

  async addColumns(
    table: string,
    fields: readonly TableField[],
  ): Promise<void> {
    await this.#change(
      `${table} can't be given new columns`,
      async (connection) => {
        for (const field of fields) {
          await connection.run(
            `ALTER TABLE ${quoteTable(table)} ADD COLUMN IF NOT EXISTS ${columnDefinition(field)}`,
          );
        }
      },
    );
    await this.#change(
      `${table}'s new columns can't be described`,
      (connection) => writeFieldComments(connection, table, fields),
    );
  }

  async createTemp(temp: string, fields: readonly TableField[]): Promise<void> {
    await this.#change(`${temp} can't be created`, async (connection) => {
      await createTable(connection, temp, fields);
      const comment = `${tempComment}, made by process ${process.pid}`;
      await connection.run(
        `COMMENT ON TABLE ${quoteTable(temp)} IS ${quoteText(comment)}`,
      );
    });
  }

  async loadTemp(options: LoadTempOptions): Promise<number> {
    const { temp } = options;
    return this.#use(`${temp} can't be loaded`, (connection) =>
      inTransaction(connection, async () => {
        await connection.run(`DELETE FROM ${quoteTable(temp)}`);
        return appendSources(connection, options);
      }),
    );
  }

  async replaceHour(replacement: ReplaceHour): Promise<ReplaceOutcome> {
    const { table, temp, columns } = replacement;
    const what = `${table}'s hour ${replacement.ledger.folderHour} can't be replaced`;
    return this.#change(what, async (connection) => {
      await checkExpressions(connection, temp, columns);
      return replaceHourInTransaction(connection, replacement);
    });
  }

  async dropTable(table: string): Promise<void> {
    if (this.#nothingStored()) return;
    await this.#change(`${table} can't be dropped`, async (connection) => {
      await connection.run(`DROP TABLE IF EXISTS ${quoteTable(table)}`);
    });
  }

  async readLedger(
    fromHour: string,
    toHour: string,
  ): Promise<readonly LedgerRow[]> {
    if (this.#nothingStored()) return [];
    return this.#use("the ledger can't be read", (connection) =>
      readCurrentLedger(connection, fromHour, toHour),
    );
  }

  async readHours(
    fromHour: string,
    toHour: string,
  ): Promise<readonly HourRow[]> {
    if (this.#nothingStored()) return [];
    return this.#use("the counts of hours can't be read", (connection) =>
      readCurrentHours(connection, fromHour, toHour),
    );
  }

  async readColumnSums(
    logType: string,
    fromHour: string,
    toHour: string,
  ): Promise<readonly ColumnSums[]> {
    if (this.#nothingStored()) return [];
    return this.#use(
      `the column counts of ${logType} can't be read`,
      (connection) => readColumnSums(connection, logType, fromHour, toHour),
    );
  }

  async countRows(table: string, folderHour: string): Promise<number> {
    if (this.#nothingStored()) return 0;
    return this.#use(`${table}'s rows can't be counted`, async (connection) => {
      if ((await describeDuckDbTable(connection, table)) === null) return 0;
      const reader = await connection.runAndReadAll(
        `SELECT count(*) FROM ${quoteTable(table)} WHERE folder_hour = CAST($1 AS TIMESTAMPTZ)`,
        [hourText(folderHour)],
      );
      return Number(reader.getRows()[0]?.[0]);
    });
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    if (session !== null) await (await session).close();
  }

  /** A file that nobody wrote is not made by looking into it. */
  #nothingStored(): boolean {
    return this.#session === null && !duckdbFileExists(this.#file);
  }

  async #open(): Promise<DuckDbSession> {
    this.#session ??= openDuckDb(this.#file, this.#wait);
    try {
      return await this.#session;
    } catch (error) {
      this.#session = null;
      throw error;
    }
  }

  async #use<T>(
    what: string,
    task: (connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> {
    const session = await this.#open();
    const connection = await session.connect();
    try {
      return await task(connection);
    } catch (error) {
      throw toServiceError(error, `${this.url}: ${what}`);
    } finally {
      connection.closeSync();
    }
  }

  /** One transaction, apart from all other changes of this process; retried when DuckDB cancels it over a conflict. */
  async #change<T>(
    what: string,
    task: (connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> {
    const session = await this.#open();
    return session.oneAtATime(() =>
      this.#use(what, (connection) =>
        pRetry(() => inTransaction(connection, () => task(connection)), {
          retries: conflictRetries,
          minTimeout: 10,
          maxTimeout: 1_000,
          randomize: true,
          shouldRetry: ({ error }) =>
            /^TransactionContext Error/.test(messageOf(error)),
        }),
      ),
    );
  }
}

async function inTransaction<T>(
  connection: DuckDBConnection,
  task: () => Promise<T>,
): Promise<T> {
  await connection.run("BEGIN TRANSACTION");
  try {
    const result = await task();
    await connection.run("COMMIT");
    return result;
  } catch (error) {
    // After a failed COMMIT there is nothing left to roll back; the first error is the one to tell.
    await connection.run("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

async function createTable(
  connection: DuckDBConnection,
  table: string,
  fields: readonly TableField[],
): Promise<void> {
  const columns = fields.map(columnDefinition);
  await connection.run(
    `CREATE TABLE ${quoteTable(table)} (${columns.join(", ")})`,
  );
}
