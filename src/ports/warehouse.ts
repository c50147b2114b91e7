import type { FieldType, TableField } from "../schema/table-field.js";

/** One stage object to load, or what is left of it: by its URI where the warehouse can read it, by its bytes otherwise. */
export interface LoadSource {
  readonly key: string;
  /** Null: by its bytes alone, because the object holds rows that are not to be loaded. */
  readonly uri: string | null;
  readonly rows: number;
  readonly sizeBytes: number;
  /** NDJSON, plain; opened anew at each call. */
  open(): Promise<AsyncIterable<Uint8Array>>;
}

export type Partitioning = "hour" | "day" | "month" | "none";

/** The table that analysts read. */
export interface OriginTable {
  readonly table: string;
  /** `folder_hour TIMESTAMP` included. */
  readonly fields: readonly TableField[];
  readonly partitionBy: Partitioning;
  readonly description?: string;
  /** Columns by which BigQuery clusters, after `folder_hour` where partitions are days; up to 4 in all. */
  readonly clusterBy?: readonly string[];
  /** Days after its own day (or hour, or month) that a partition is deleted; never, where not given. */
  readonly expirationDays?: number;
  /** Whether a query must say which partitions it reads. */
  readonly requirePartitionFilter?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
}

/** How epoch numbers and ISO 8601 texts are read. */
export type TimeFormat =
  "epoch_seconds" | "epoch_millis" | "epoch_micros" | "iso8601";

/** How one column of the origin table is made from a column of TEMP. */
export type Conversion =
  | { readonly kind: "copy" }
  | { readonly kind: "timestamp"; readonly from: TimeFormat }
  /** Local time in `timezone` (an IANA name), without an offset. */
  | {
      readonly kind: "datetime";
      readonly from: TimeFormat;
      readonly timezone: string;
    }
  /** Code by the catalog's author's intent: one expression over TEMP's columns. */
  | { readonly kind: "sql"; readonly expression: string };

export interface ColumnMapping {
  readonly source: string;
  readonly target: string;
  readonly conversion: Conversion;
}

/** A row of `_sluice_loads`. Times are UTC. */
export interface LedgerRow {
  readonly logType: string;
  /** `2026-11-21T03`. */
  readonly folderHour: string;
  /** The manifest's `seq`: a higher one is a newer classification. */
  readonly seq: number;
  readonly rowsLoaded: number;
  readonly rowsSetAside: number;
  readonly bytes: number;
  /** The manifest's key in the stage. */
  readonly manifest: string;
  readonly schemaHash: string;
  readonly jobId: string;
  readonly run: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

/** A row of `_sluice_hours`: what the classification of one hour counted. */
export interface HourRow {
  readonly folderHour: string;
  readonly seq: number;
  readonly run: string;
  readonly lines: number;
  readonly blank: number;
  readonly setAside: number;
  /** Reason to count. */
  readonly setAsideReasons: Readonly<Record<string, number>>;
  /** Types that the catalog does not know, to their rows. */
  readonly unknownTypes: Readonly<Record<string, number>>;
  readonly finishedAt: Date;
}

/** What the values of one column of the schema file are. A record without the column, or with null, counts as that and nothing else. */
export interface ColumnCounts {
  /** Dotted path, without array indexes, as the schema file has it. */
  readonly column: string;
  /** Records that can have the column: rows at the top; below a RECORD, the objects that stand there, each element of an array. */
  readonly records: number;
  /** Those whose key says null. */
  readonly nulls: number;
  /** Those without the key. */
  readonly missing: number;
  /** In a numeric column, those with 0, as a number or quoted; in an array, those whose elements all are 0. */
  readonly zeros: number;
  /** Those with "" or []. */
  readonly empties: number;
}

/** The sums of one column over a range of hours. */
export interface ColumnSums extends ColumnCounts {
  /** Folder hours that have counts of the column. */
  readonly hours: number;
}

export interface ReplaceHour {
  readonly table: string;
  /** The loaded TEMP table. */
  readonly temp: string;
  readonly columns: readonly ColumnMapping[];
  readonly ledger: LedgerRow;
  readonly hour: HourRow;
  /** Of the type's staged rows, for `_sluice_columns`; not given where the catalog asks for none. */
  readonly columnCounts?: readonly ColumnCounts[];
  /** As in LoadTempOptions. */
  readonly mask?: readonly string[];
  /** Called about once a minute, while the replacement waits for other loads or for the service, with words that say so. */
  readonly tell?: (words: string) => void;
}

/** `superseded`: the ledger holds a higher `seq` for this type and hour, and nothing was changed. */
export type ReplaceOutcome = "replaced" | "superseded";

export interface LoadTempOptions {
  readonly temp: string;
  /** These three label the job, so that its cost can be traced. */
  readonly logType: string;
  /** `2026-11-21T03`. */
  readonly folderHour: string;
  readonly run: string;
  readonly fields: readonly TableField[];
  readonly sources: readonly LoadSource[];
  /** Names the load job: a repeated call with the same id attaches to it. `[A-Za-z0-9_-]{1,1000}`. */
  readonly jobId: string;
  /** Columns of TEMP that a conversion will read as times: a value that their format can't read is a misfit as well. */
  readonly timeFormats: ReadonlyMap<string, TimeFormat>;
  /** Dotted paths of columns whose values no message may show; where there are some, the warehouse's own words about rows neither. */
  readonly mask?: readonly string[];
}

/** How the warehouse's own SQL says what a person is to run. */
export interface SqlDialect {
  /** What a column of the type is made as. */
  typeName(type: FieldType): string;
  /** The column's values as another type, null where one can't be. */
  safeCast(column: string, type: FieldType): string;
  /** Whether a column at the top can be given the other's type where it stands, by ALTER COLUMN ... SET DATA TYPE. */
  widens(before: TableField, after: TableField): boolean;
}

/**
 * The tables of one dataset. Table and column names arrive as plain text and are quoted by the adapter.
 * Every error is a SluiceError: MisfitError for rows that don't fit, ServiceError for the service.
 */
export interface Warehouse {
  /** For messages; holds no credentials. */
  readonly url: string;

  readonly dialect: SqlDialect;

  /** The table's columns in their order, or null where there is no such table. */
  describeTable(table: string): Promise<readonly TableField[] | null>;

  /**
   * Creates the table; leaves one that stands as it is. Resolves to what a standing table has of another layout, and what
   * that costs, in words; to none where the table was made or fits.
   */
  ensureTable(table: OriginTable): Promise<readonly string[]>;

  /** Adds NULLABLE or REPEATED columns at the end; one that stands already is left as it is. */
  addColumns(table: string, fields: readonly TableField[]): Promise<void>;

  /** Creates an empty table that goes away by itself within a day, should nobody drop it. */
  createTemp(temp: string, fields: readonly TableField[]): Promise<void>;

  /**
   * Loads the sources' rows, in place of what the TEMP table held; all of them or none.
   * BigQuery's rules for NDJSON hold: an unknown key, a repeated key, a missing REQUIRED value or a value that does not coerce
   * refuses the load with a MisfitError that groups every misfit. Resolves to the number of rows in the table.
   */
  loadTemp(options: LoadTempOptions): Promise<number>;

  /**
   * In one transaction: stops if the ledger holds a higher seq, deletes the origin table's rows of the folder hour, inserts TEMP's rows
   * with `folder_hour` and the conversions, and inserts the ledger row, the counts of the columns, and the hour row where
   * (folder hour, seq, run) has none yet. The same seq of another run is replaced as well: it is of a manifest that began anew.
   * Conflicts with other transactions are retried inside, for half an hour at most.
   */
  replaceHour(replacement: ReplaceHour): Promise<ReplaceOutcome>;

  /** Done as well where there is no such table. */
  dropTable(table: string): Promise<void>;

  /** The newest ledger row per type and folder hour, both ends included; none where nothing was ever loaded. */
  readLedger(fromHour: string, toHour: string): Promise<readonly LedgerRow[]>;

  /** The newest counts of each hour that anything was loaded of, both ends included, in the hours' order. */
  readHours(fromHour: string, toHour: string): Promise<readonly HourRow[]>;

  /**
   * Sums of a type's column counts over the folder hours, both ends included, by the newest load of each hour; an hour whose newest
   * load counted none brings none. By column, in the order of their names; none where nothing was ever counted.
   */
  readColumnSums(
    logType: string,
    fromHour: string,
    toHour: string,
  ): Promise<readonly ColumnSums[]>;

  /** Rows of the origin table that carry this folder hour; 0 where there is no table. */
  countRows(table: string, folderHour: string): Promise<number>;

  /** Ends all connections; the warehouse can't be used after. */
  close(): Promise<void>;
}
