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
import { createBigQueryClient, type Wait } from "./bigquery-client.js";
import { readColumnSums } from "./bigquery-columns.js";
import { bigqueryDialect } from "./bigquery-dialect.js";
import { toSluiceError } from "./bigquery-error.js";
import { checkExpressions } from "./bigquery-expressions.js";
import { isMissingTable } from "./bigquery-failure.js";
import { quoteTable } from "./bigquery-identifier.js";
import {
  hourText,
  readCurrentHours,
  readCurrentLedger,
} from "./bigquery-ledger.js";
import { loadSources, type LoadSettings } from "./bigquery-load.js";
import { parameter, queryRows } from "./bigquery-query.js";
import { replaceHourInTransaction } from "./bigquery-replace.js";
import {
  addTableColumns,
  createTempTable,
  deleteTable,
  describeBigQueryTable,
  ensureOriginTable,
} from "./bigquery-tables.js";

export interface BigQueryWarehouseOptions {
  readonly project: string;
  readonly dataset: string;
  /** The dataset's; asked for where it is not given. */
  readonly location: string | undefined;
  /** Set: no Google credentials are looked for. */
  readonly endpoint: string | undefined;
  /** Of every job, besides its type, hour and run, by which its cost can be traced; as BigQuery takes them. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Queries that would bill more are refused by BigQuery before they run; no limit by default. */
  readonly maximumBytesBilled?: number;
  /** A request that takes longer is given up and sent again; a minute by default. */
  readonly requestTimeoutMs?: number;
  /** The first pause before a request is sent again; 200 by default. */
  readonly retryDelayMs?: number;
  /** The pauses between two looks at a job, and before one is tried again. */
  readonly wait?: Wait;
  /** Milliseconds of a clock that only goes on; bounds how long a replacement is tried again. */
  readonly now?: () => number;
  /** A multiple of 256 KiB; 8 MiB by default. */
  readonly uploadChunkBytes?: number;
  /** How much of a refused load's rows is looked at; 128 MiB by default. */
  readonly explainBytes?: number;
  /** URIs that one load job takes; BigQuery's 10,000 by default. */
  readonly mostUris?: number;
}

const mebibyte = 1024 * 1024;

/** The warehouse in one BigQuery dataset, which must stand. */
export class BigQueryWarehouse implements Warehouse {
  readonly url: string;
  readonly dialect = bigqueryDialect;
  readonly #client;
  readonly #settings: LoadSettings;

  constructor(options: BigQueryWarehouseOptions) {
    this.url = `bigquery://${options.project}/${options.dataset}`;
    this.#client = createBigQueryClient({ ...options, url: this.url });
    this.#settings = {
      uploadChunkBytes: options.uploadChunkBytes ?? 8 * mebibyte,
      explainBytes: options.explainBytes ?? 128 * mebibyte,
      mostUris: options.mostUris ?? 10_000,
      maximumBytesBilled: options.maximumBytesBilled,
    };
  }

  describeTable(table: string): Promise<readonly TableField[] | null> {
    return this.#use(`${table} can't be described`, () =>
      describeBigQueryTable(this.#client, table),
    );
  }

  ensureTable(table: OriginTable): Promise<readonly string[]> {
    return this.#use(`${table.table} can't be created`, () =>
      ensureOriginTable(this.#client, table),
    );
  }

  addColumns(table: string, fields: readonly TableField[]): Promise<void> {
    return this.#use(`${table} can't be given new columns`, () =>
      addTableColumns(this.#client, table, fields),
    );
  }

  createTemp(temp: string, fields: readonly TableField[]): Promise<void> {
    return this.#use(`${temp} can't be created`, () =>
      createTempTable(this.#client, temp, fields),
    );
  }

  loadTemp(options: LoadTempOptions): Promise<number> {
    return this.#use(`${options.temp} can't be loaded`, () =>
      loadSources(this.#client, options, this.#settings),
    );
  }

  replaceHour(replacement: ReplaceHour): Promise<ReplaceOutcome> {
    const { table, temp, columns, ledger } = replacement;
    const what = `${table}'s hour ${ledger.folderHour} can't be replaced`;
    return this.#use(what, async () => {
      await checkExpressions(this.#client, temp, columns);
      const { maximumBytesBilled } = this.#settings;
      return replaceHourInTransaction(
        this.#client,
        replacement,
        maximumBytesBilled,
      );
    });
  }

  dropTable(table: string): Promise<void> {
    return this.#use(`${table} can't be dropped`, () =>
      deleteTable(this.#client, table),
    );
  }

  readLedger(fromHour: string, toHour: string): Promise<readonly LedgerRow[]> {
    const { maximumBytesBilled } = this.#settings;
    return this.#use("the ledger can't be read", () =>
      orWhereMissing(
        readCurrentLedger(this.#client, fromHour, toHour, maximumBytesBilled),
        [],
      ),
    );
  }

  readHours(fromHour: string, toHour: string): Promise<readonly HourRow[]> {
    const { maximumBytesBilled } = this.#settings;
    return this.#use("the counts of hours can't be read", () =>
      orWhereMissing(
        readCurrentHours(this.#client, fromHour, toHour, maximumBytesBilled),
        [],
      ),
    );
  }

  readColumnSums(
    logType: string,
    fromHour: string,
    toHour: string,
  ): Promise<readonly ColumnSums[]> {
    const { maximumBytesBilled } = this.#settings;
    return this.#use(`the column counts of ${logType} can't be read`, () =>
      orWhereMissing(
        readColumnSums(
          this.#client,
          logType,
          fromHour,
          toHour,
          maximumBytesBilled,
        ),
        [],
      ),
    );
  }

  countRows(table: string, folderHour: string): Promise<number> {
    const { maximumBytesBilled } = this.#settings;
    return this.#use(`${table}'s rows can't be counted`, async () => {
      const rows = await orWhereMissing(
        queryRows(this.#client, {
          sql: `SELECT COUNT(*) FROM ${quoteTable(this.#client.place, table)} WHERE folder_hour = @folder_hour`,
          parameters: [
            parameter("folder_hour", "TIMESTAMP", hourText(folderHour)),
          ],
          maximumBytesBilled,
        }),
        [["0"]],
      );
      return Number(rows[0]?.[0]);
    });
  }

  /** Requests are all that there is, and each has ended. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  async #use<T>(what: string, task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (error) {
      throw toSluiceError(error, this.#client.place, what);
    }
  }
}

async function orWhereMissing<T>(task: Promise<T>, nothing: T): Promise<T> {
  try {
    return await task;
  } catch (error) {
    if (isMissingTable(error)) return nothing;
    throw error;
  }
}
