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
  isMissingTable,
  isServiceReason,
} from "./bigquery-failure.js";
import { quoteColumn, quoteTable, toLabels } from "./bigquery-identifier.js";
import { finishJob, startJob } from "./bigquery-job.js";
import {
  ensureLedger,
  hourParameters,
  hoursTable,
  insertParametersSql,
  ledgerParameters,
  loadsTable,
} from "./bigquery-ledger.js";
import { querySettings, type QueryParameter } from "./bigquery-query.js";

/** A conflict is over as soon as the other load of the table is; of many at once, each must get its turn. */
const transactionAttempts = 40;
const firstPauseMs = 200;
const longestPauseMs = 10_000;

/** What the script raises, to be known again in the job's error. */
const raised = {
  superseded: "sluice: superseded",
  noFence: "sluice: the fence has no row",
  rows: "sluice: rows ",
} as const;

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
  const { sql, parameters } = writeScript(client, replacement);
  const configuration = {
    labels: {
      ...client.labels,
      ...toLabels({
        type: ledger.logType,
        hour: ledger.folderHour,
        run: ledger.run,
      }),
    },
    query: querySettings(sql, parameters, maximumBytesBilled),
  };
  for (let attempt = 1; ; attempt += 1) {
    const jobId = `sluice_replace_${toJobText(table)}_${hour}_${call}_${attempt}`;
    try {
      await finishJob(
        client,
        jobId,
        await startJob(client, jobId, configuration),
      );
      return "replaced";
    } catch (error) {
      if (!(error instanceof BigQueryFailure)) throw error;
      if (error.message.includes(raised.superseded)) return "superseded";
      if (attempt === transactionAttempts || !mayPass(error))
        throw explain(client, error, replacement);
      if (isMissing(error)) await ensureFence(client, table);
      if (!isMissing(error) || attempt > 1) {
        const pauseMs = Math.min(
          firstPauseMs * 1.5 ** (attempt - 1),
          longestPauseMs,
        );
        await client.wait(pauseMs * (0.25 + Math.random() * 0.75));
      }
    }
  }
}

function toJobText(table: string): string {
  return table.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 500);
}

/** A name of ours, in the message of an error that says that it is not there. */
function isMissing(failure: BigQueryFailure): boolean {
  return (
    failure.message.includes(raised.noFence) ||
    (isMissingTable(failure) && failure.message.includes("_sluice_"))
  );
}

function mayPass(failure: BigQueryFailure): boolean {
  return isMissing(failure) || isServiceReason(failure) || isConflict(failure);
}

/** Everything that is a value is a parameter; names are quoted. Of the texts, only an `sql` column's is code, and that was checked. */
function writeScript(
  client: BigQueryClient,
  { table, temp, columns, ledger, hour }: ReplaceHour,
): { readonly sql: string; readonly parameters: readonly QueryParameter[] } {
  const quoted = (name: string) => quoteTable(client.place, name);
  const conversions = compileConversions(columns);
  const targets = ["folder_hour", ...columns.map(({ target }) => target)];
  const values = ["@folder_hour", ...conversions.expressions];
  const ledgerValues = ledgerParameters(ledger);
  const hourValues = hourParameters(hour);
  // Two loads of one table both change the fence's row, so that of two that overlap one is cancelled, and neither reads an old ledger.
  const sql = `DECLARE sluice_newest, sluice_staged, sluice_inserted INT64;
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
IF EXISTS (SELECT 1 FROM ${quoted(table)} WHERE folder_hour = @folder_hour) THEN
  DELETE FROM ${quoted(table)} WHERE folder_hour = @folder_hour;
END IF;
INSERT INTO ${quoted(table)} (${targets.map(quoteColumn).join(", ")})
SELECT ${values.join(", ")} FROM ${quoted(temp)};
SET sluice_inserted = @@row_count;
SET sluice_staged = (SELECT COUNT(*) FROM ${quoted(temp)});
IF sluice_inserted != sluice_staged THEN
  ROLLBACK TRANSACTION;
  RAISE USING MESSAGE = CONCAT('${raised.rows}', CAST(sluice_inserted AS STRING), ' from ', CAST(sluice_staged AS STRING));
END IF;
${insertParametersSql(client, loadsTable, ledgerValues)};
IF NOT EXISTS (SELECT 1 FROM ${quoted(hoursTable)} WHERE folder_hour = @hour_folder_hour AND seq = @hour_seq) THEN
  ${insertParametersSql(client, hoursTable, hourValues, "hour_")};
END IF;
COMMIT TRANSACTION;`;
  return {
    sql,
    parameters: [...ledgerValues, ...hourValues, ...conversions.parameters],
  };
}

function fenceOf(table: string): string {
  return `_sluice_fence_${table}`;
}

/** Several rows, which only a race could make, fence as well as one. The table is made with its row: one without would fence nothing. */
async function ensureFence(
  client: BigQueryClient,
  table: string,
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
    const query = querySettings(statement, [], undefined);
    try {
      const configuration = { labels: client.labels, query };
      await finishJob(
        client,
        jobId,
        await startJob(client, jobId, configuration),
      );
    } catch (error) {
      // Another process makes it at this moment. Where it is still missing, the next attempt finds it so.
      const passes =
        error instanceof BigQueryFailure &&
        (error.reason === "duplicate" || mayPass(error));
      if (!passes) throw error;
    }
  }
}

function explain(
  client: BigQueryClient,
  failure: BigQueryFailure,
  { table, columns, ledger }: ReplaceHour,
): Error {
  const [, inserted, staged] =
    /sluice: rows (\d+) from (\d+)/.exec(failure.message) ?? [];
  if (inserted !== undefined && staged !== undefined) {
    const expressions = columns.filter(
      ({ conversion }) => conversion.kind === "sql",
    );
    return new DataRefusedError(
      `${table}: ${inserted} rows would be inserted from ${staged} loaded ones. An sql column must give one value per row: ` +
        `look at ${expressions.map(({ target }) => target).join(", ")} in the catalog`,
    );
  }
  if (isConflict(failure)) {
    return new ServiceError(
      `${client.place.url}: ${table}'s hour ${ledger.folderHour} can't be replaced: other loads of the table came first ${transactionAttempts} times (${messageOf(failure)}). Load again`,
    );
  }
  if (failure.reason === "invalidQuery" || failure.reason === "invalid") {
    return new DataRefusedError(
      `${table}: a column's conversion failed on the loaded rows, and nothing was changed: ${messageOf(failure)}`,
    );
  }
  return failure;
}
