import { randomBytes } from "node:crypto";
import { DataRefusedError, ServiceError } from "../errors.js";
import { compactHour, parseFolderHour } from "../folder-hour.js";
import type { ReplaceHour, ReplaceOutcome } from "../ports/warehouse.js";
import type { BigQueryClient } from "./bigquery-client.js";
import { compileConversions } from "./bigquery-conversions.js";
import { messageOf } from "./bigquery-error.js";
import {
  BigQueryFailure,
  isConflict,
  isFullQueue,
  isMissingOf,
  isServiceReason,
  isTimedOut,
} from "./bigquery-failure.js";
import {
  quoteColumn,
  quoteTable,
  toLoadLabels,
} from "./bigquery-identifier.js";
import { describeTimeout, finishJob, startJob } from "./bigquery-job.js";
import {
  columnsParameter,
  columnsTable,
  ensureColumnsTable,
  ensureColumnsView,
  insertColumnsSql,
} from "./bigquery-columns.js";
import {
  ensureLedger,
  hourParameters,
  hoursTable,
  insertParametersSql,
  ledgerParameters,
  loadsTable,
} from "./bigquery-ledger.js";
import { startObstacleWait, type Obstacle } from "./bigquery-patience.js";
import { querySettings, type QueryParameter } from "./bigquery-query.js";
import { quoteWords } from "./quote-words.js";

/** Of first loads that make what is missing. */
const missingAttempts = 5;
const missingPauseMs = 200;

/** Of the script, from its creation; it holds the table's other loads up. */
const replaceTimeoutMs = 3_600_000;

/** What the script raises, to be known again in the job's error. The random `call` is in it, because an error of BigQuery's own may quote any text that a row holds. */
interface Raised {
  readonly superseded: string;
  readonly noFence: string;
  readonly rows: string;
  readonly staged: string;
}

function nameRaised(call: string): Raised {
  return {
    superseded: `sluice ${call}: superseded`,
    noFence: `sluice ${call}: the fence has no row`,
    rows: `sluice ${call}: rows `,
    staged: `sluice ${call}: TEMP holds other rows`,
  };
}

/**
 * The replacement of one folder hour, as one script in one transaction.
 *
 * Each attempt is a job with an id of its own, so that a lost answer is found by attaching to the job. Where even that can't tell
 * how an attempt ended, another one is harmless: it brings the hour to the same rows, under the same seq, or is superseded. The
 * ledger may then hold two rows of this seq, of which its view shows one.
 */
export async function replaceHourInTransaction(
  client: BigQueryClient,
  replacement: ReplaceHour,
  maximumBytesBilled: number | undefined,
): Promise<ReplaceOutcome> {
  const { table, ledger } = replacement;
  const hour = compactHour(parseFolderHour(ledger.folderHour));
  const call = randomBytes(6).toString("hex");
  const raised = nameRaised(call);
  const { sql, parameters } = writeScript(client, replacement, raised);
  const labels = { ...client.labels, ...toLoadLabels(ledger) };
  const query = querySettings(sql, parameters, maximumBytesBilled);
  const own = ownTables(table);
  if (replacement.columnCounts !== undefined) await ensureColumnsView(client);
  const waiting = startObstacleWait(client, (words) => {
    replacement.tell?.(`${table}'s hour ${ledger.folderHour} ${words}`);
  });
  const configuration = {
    labels,
    jobTimeoutMs: String(replaceTimeoutMs),
    query,
  };
  let missing = 0;
  for (let attempt = 1; ; attempt += 1) {
    const jobId = `sluice_replace_${toJobText(table)}_${hour}_${call}_${attempt}`;
    try {
      const started = await startJob(client, jobId, configuration);
      await finishJob(client, jobId, started);
      return "replaced";
    } catch (error) {
      if (!(error instanceof BigQueryFailure)) throw error;
      if (error.message.includes(raised.superseded)) return "superseded";
      if (isTimedOut(error)) {
        const what = `${table}'s hour ${ledger.folderHour} can't be replaced`;
        throw await describeTimeout(client, what, jobId, replaceTimeoutMs);
      }
      const isMissing =
        error.message.includes(raised.noFence) ||
        isMissingOf(error, client.place, own);
      if (isMissing) missing += 1;
      const obstacle = isMissing ? null : findObstacle(error);
      const goesOn =
        obstacle === null
          ? isMissing && missing < missingAttempts
          : await waiting.pause(obstacle);
      if (!goesOn)
        throw explain(client, error, replacement, raised, waiting.describe());
      if (isMissing) {
        await ensureFence(client, table, labels, maximumBytesBilled);
        if (replacement.columnCounts !== undefined)
          await ensureColumnsTable(client);
        if (missing > 1) {
          const pauseMs = missingPauseMs * 2 ** missing;
          await client.wait(pauseMs * (0.25 + Math.random() * 0.75));
        }
      }
    }
  }
}

/** Null: trying again is no use. */
function findObstacle(failure: BigQueryFailure): Obstacle | null {
  if (isConflict(failure)) return "conflict";
  if (isFullQueue(failure)) return "fullQueue";
  return isJobsFault(failure) ? "fault" : null;
}

/** A job that failed by the service's fault. A request that did was sent again already, as often as is of use. */
function isJobsFault(failure: BigQueryFailure): boolean {
  return failure.status === null && isServiceReason(failure);
}

function toJobText(table: string): string {
  return table.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 500);
}

/** Everything that is a value is a parameter; names are quoted. Of the texts, only an `sql` column's is code, and that was checked. */
function writeScript(
  client: BigQueryClient,
  { table, temp, columns, ledger, hour, columnCounts }: ReplaceHour,
  raised: Raised,
): { readonly sql: string; readonly parameters: readonly QueryParameter[] } {
  const quoted = (name: string) => quoteTable(client.place, name);
  const conversions = compileConversions(columns);
  const targets = ["folder_hour", ...columns.map(({ target }) => target)];
  const values = ["@folder_hour", ...conversions.expressions];
  const ledgerValues = ledgerParameters(ledger);
  const hourValues = hourParameters(hour);
  // The times are each process's own, and a load that stands now must not look older than the one whose rows it replaced.
  // Two loads of one table both change the fence's row, so that of two that overlap one is cancelled, and neither reads an old ledger.
  const sql = `DECLARE sluice_newest, sluice_staged, sluice_inserted INT64;
DECLARE sluice_finished TIMESTAMP DEFAULT @finished_at;
BEGIN TRANSACTION;
UPDATE ${quoted(fenceOf(table))} SET run = @run, changed_at = CURRENT_TIMESTAMP() WHERE TRUE;
IF @@row_count = 0 THEN
  RAISE USING MESSAGE = '${raised.noFence}';
END IF;
SET sluice_newest = (SELECT MAX(seq) FROM ${quoted(loadsTable)} WHERE log_type = @log_type AND folder_hour = @folder_hour);
IF sluice_newest > @seq THEN
  ROLLBACK TRANSACTION;
  RAISE USING MESSAGE = '${raised.superseded}';
END IF;
IF sluice_newest = @seq THEN
  SET sluice_finished = (SELECT GREATEST(@finished_at, TIMESTAMP_ADD(MAX(finished_at), INTERVAL 1 MICROSECOND)) FROM ${quoted(loadsTable)} WHERE log_type = @log_type AND folder_hour = @folder_hour AND seq = @seq);
END IF;
IF EXISTS (SELECT 1 FROM ${quoted(table)} WHERE folder_hour = @folder_hour) THEN
  DELETE FROM ${quoted(table)} WHERE folder_hour = @folder_hour;
END IF;
INSERT INTO ${quoted(table)} (${targets.map(quoteColumn).join(", ")})
SELECT ${values.join(", ")} FROM ${quoted(temp)};
SET sluice_inserted = @@row_count;
SET sluice_staged = (SELECT COUNT(*) FROM ${quoted(temp)});
IF sluice_staged != @rows_loaded THEN
  ROLLBACK TRANSACTION;
  RAISE USING MESSAGE = '${raised.staged}';
END IF;
IF sluice_inserted != sluice_staged THEN
  ROLLBACK TRANSACTION;
  RAISE USING MESSAGE = CONCAT('${raised.rows}', CAST(sluice_inserted AS STRING), ' from ', CAST(sluice_staged AS STRING));
END IF;
${insertParametersSql(client, loadsTable, ledgerValues).replace("@finished_at", "sluice_finished")};${columnCounts === undefined ? "" : `\n${insertColumnsSql(client)};`}
IF NOT EXISTS (SELECT 1 FROM ${quoted(hoursTable)} WHERE folder_hour = @hour_folder_hour AND seq = @hour_seq AND run = @hour_run) THEN
  ${insertParametersSql(client, hoursTable, hourValues, "hour_")};
END IF;
COMMIT TRANSACTION;`;
  return {
    sql,
    parameters: [
      ...ledgerValues,
      ...hourValues,
      ...conversions.parameters,
      ...(columnCounts === undefined ? [] : [columnsParameter(columnCounts)]),
    ],
  };
}

/** What a replacement makes where it is missing. */
function ownTables(table: string): readonly string[] {
  return [fenceOf(table), loadsTable, hoursTable, columnsTable];
}

function fenceOf(table: string): string {
  return `_sluice_fence_${table}`;
}

/** Several rows, which only a race could make, fence as well as one. The table is made with its row: one without would fence nothing. */
async function ensureFence(
  client: BigQueryClient,
  table: string,
  labels: Readonly<Record<string, string>>,
  maximumBytesBilled: number | undefined,
): Promise<void> {
  await ensureLedger(client);
  const fence = quoteTable(client.place, fenceOf(table));
  const row = "CAST('' AS STRING) AS run, CURRENT_TIMESTAMP() AS changed_at";
  const statements = [
    `CREATE TABLE IF NOT EXISTS ${fence} OPTIONS (description = 'Keeps two loads of a table apart') AS SELECT ${row}`,
    `INSERT INTO ${fence} (run, changed_at) SELECT ${row} FROM UNNEST([1]) WHERE NOT EXISTS (SELECT 1 FROM ${fence})`,
  ];
  for (const statement of statements) {
    const jobId = `sluice_fence_${toJobText(table)}_${randomBytes(6).toString("hex")}`;
    const query = querySettings(statement, [], maximumBytesBilled);
    try {
      const started = await startJob(client, jobId, { labels, query });
      await finishJob(client, jobId, started);
    } catch (error) {
      // Another process makes it at this moment. Where it is still missing, the next attempt finds it so.
      const passes =
        error instanceof BigQueryFailure &&
        (error.reason === "duplicate" ||
          isConflict(error) ||
          isJobsFault(error) ||
          isMissingOf(error, client.place, [fenceOf(table)]));
      if (!passes) throw error;
    }
  }
}

function explain(
  client: BigQueryClient,
  failure: BigQueryFailure,
  { table, columns, ledger, mask }: ReplaceHour,
  raised: Raised,
  waited: string,
): Error {
  if (failure.message.includes(raised.staged)) {
    return new ServiceError(
      `${client.place.url}: ${table}'s TEMP table does not hold the ${ledger.rowsLoaded} rows that were loaded into it, and nothing was changed. Load again`,
    );
  }
  const at = failure.message.indexOf(raised.rows);
  const counts = failure.message.slice(at + raised.rows.length);
  const [, inserted, staged] =
    (at === -1 ? null : /^(\d+) from (\d+)/.exec(counts)) ?? [];
  if (inserted !== undefined && staged !== undefined) {
    const expressions = columns.filter(
      ({ conversion }) => conversion.kind === "sql",
    );
    return new DataRefusedError(
      `${table}: ${inserted} rows would be inserted from ${staged} loaded ones. An sql column must give one value per row: ` +
        `look at ${expressions.map(({ target }) => target).join(", ")} in the catalog`,
    );
  }
  const obstacle = findObstacle(failure);
  if (obstacle === "conflict" || obstacle === "fullQueue") {
    const why =
      obstacle === "conflict"
        ? "other loads of the table came first"
        : "the table's queue of DML statements was full";
    return new ServiceError(
      `${client.place.url}: ${table}'s hour ${ledger.folderHour} can't be replaced: ${why} ${waited} (${quoteWords(messageOf(failure), mask)}). Load again, fewer hours of the table at once`,
    );
  }
  // A script's errors are `invalidQuery`, whatever they are; and an attempt before this one may have been carried out.
  const isMissing =
    failure.message.includes(raised.noFence) ||
    isMissingOf(failure, client.place, ownTables(table));
  if (obstacle === "fault" || isMissing) {
    return new ServiceError(
      `${client.place.url}: ${table}'s hour ${ledger.folderHour} can't be replaced: ${quoteWords(messageOf(failure), mask)}. Load again`,
    );
  }
  if (failure.reason === "invalidQuery" || failure.reason === "invalid") {
    return new DataRefusedError(
      `${table}: a column's conversion failed on the loaded rows, and nothing was changed: ${quoteWords(messageOf(failure), mask)}`,
    );
  }
  return failure;
}
