import { DataRefusedError, MisfitError } from "../errors.js";
import type { LoadSource, LoadTempOptions } from "../ports/warehouse.js";
import type { BigQueryClient } from "./bigquery-client.js";
import { unreadableTimeSql } from "./bigquery-conversions.js";
import type { RefusedJob } from "./bigquery-explain.js";
import {
  BigQueryFailure,
  isBucketFault,
  isServiceReason,
  isTimedOut,
} from "./bigquery-failure.js";
import { quoteTable, toLoadLabels } from "./bigquery-identifier.js";
import {
  describeTimeout,
  finishJob,
  startJob,
  type Job,
} from "./bigquery-job.js";
import { queryRows } from "./bigquery-query.js";
import { getTable } from "./bigquery-tables.js";
import { toFieldSchema } from "./bigquery-types.js";
import { startUploadJob } from "./bigquery-upload.js";

export interface LoadSettings {
  readonly uploadChunkBytes: number;
  /** How much of the rows is looked at to explain a refusal. */
  readonly explainBytes: number;
  /** https://cloud.google.com/bigquery/quotas#load_jobs: 10,000 a job. */
  readonly mostUris: number;
  readonly maximumBytesBilled: number | undefined;
}

/** What one load job takes. */
interface Batch {
  readonly sources: readonly LoadSource[];
  readonly isUpload: boolean;
}

const rounds = 5;
const firstPauseMs = 2_000;
const longestPauseMs = 60_000;

/** Of one job, from its creation. Shared slots are waited for in it. */
const loadTimeoutMs = 7_200_000;

/**
 * Loads the sources into TEMP, in place of what it held, and resolves to the number of its rows.
 *
 * The first job truncates, further ones append. A job that failed by the service's fault is never repeated alone: all jobs run
 * again, under new ids, from the one that truncates, so that no row can come twice. Where it can't be told how a job ended, this
 * throws: the caller's next attempt has another TEMP table.
 */
export async function loadSources(
  client: BigQueryClient,
  options: LoadTempOptions,
  settings: LoadSettings,
): Promise<number> {
  const batches = planBatches(options.sources, settings.mostUris);
  const outputRows = await loadRounds(client, options, settings, batches);
  const rows = await countTempRows(client, options, settings, outputRows);
  if (rows > 0 && options.timeFormats.size > 0)
    await checkTimes(client, options, settings);
  return rows;
}

/** BigQuery reads `gs://` itself, but takes a `*` for a pattern, and no gzip beside plain files. All else is uploaded by one job. */
function planBatches(
  sources: readonly LoadSource[],
  mostUris: number,
): readonly Batch[] {
  const readable = ({ uri }: LoadSource) =>
    uri !== null && uri.startsWith("gs://") && !uri.includes("*");
  const isGzip = ({ key }: LoadSource) => key.endsWith(".gz");
  const uris = sources.filter(readable);
  const batches: Batch[] = [];
  for (const group of [
    uris.filter((source) => !isGzip(source)),
    uris.filter(isGzip),
  ]) {
    for (let at = 0; at < group.length; at += mostUris) {
      batches.push({
        sources: group.slice(at, at + mostUris),
        isUpload: false,
      });
    }
  }
  const others = sources.filter((source) => !readable(source));
  if (others.length > 0 || batches.length === 0)
    batches.push({ sources: others, isUpload: true });
  return batches;
}

/** The rows that the jobs say they have put out; null where one does not say. */
async function loadRounds(
  client: BigQueryClient,
  options: LoadTempOptions,
  settings: LoadSettings,
  batches: readonly Batch[],
): Promise<number | null> {
  for (let round = 1; ; round += 1) {
    try {
      let outputRows: number | null = 0;
      for (const [index, batch] of batches.entries()) {
        const jobId = nameJob(options.jobId, round, index);
        const job = await loadBatch(client, options, settings, {
          batch,
          jobId,
          isFirst: index === 0,
        });
        const said = job.statistics?.load?.outputRows;
        outputRows =
          outputRows === null || said === undefined
            ? null
            : outputRows + Number(said);
      }
      return outputRows;
    } catch (error) {
      const passes =
        error instanceof BigQueryFailure &&
        error.status === null &&
        isServiceReason(error);
      if (!passes || round === rounds) throw error;
      const pauseMs = Math.min(firstPauseMs * 2 ** (round - 1), longestPauseMs);
      await client.wait(pauseMs * (0.5 + Math.random() / 2));
    }
  }
}

function nameJob(jobId: string, round: number, index: number): string {
  const batch = index === 0 ? "" : `_batch${index}`;
  return `${jobId}${batch}${round === 1 ? "" : `_round${round}`}`;
}

async function loadBatch(
  client: BigQueryClient,
  options: LoadTempOptions,
  settings: LoadSettings,
  job: {
    readonly batch: Batch;
    readonly jobId: string;
    readonly isFirst: boolean;
  },
): Promise<Job> {
  const { batch, jobId, isFirst } = job;
  const { sources, isUpload } = batch;
  const configuration = configureLoad(client, options, batch, isFirst);
  const started = isUpload
    ? await startUploadJob(client, {
        jobId,
        configuration,
        sources,
        chunkBytes: settings.uploadChunkBytes,
      })
    : await startJob(client, jobId, configuration);
  try {
    return await finishJob(client, jobId, started);
  } catch (error) {
    if (!(error instanceof BigQueryFailure)) throw error;
    if (isTimedOut(error)) {
      const what = `${options.temp} can't be loaded`;
      throw await describeTimeout(client, what, jobId, loadTimeoutMs);
    }
    if (error.reason !== "invalid" || isBucketFault(error)) throw error;
    if (!isFirst) await emptyTemp(client, options, settings);
    const { protos } = error;
    throw await explain(options, { sources, isUpload, protos }, settings);
  }
}

function configureLoad(
  { place, labels }: BigQueryClient,
  options: LoadTempOptions,
  { sources, isUpload }: Batch,
  isFirst: boolean,
): object {
  return {
    labels: { ...labels, ...toLoadLabels(options) },
    jobTimeoutMs: String(loadTimeoutMs),
    load: {
      destinationTable: {
        projectId: place.project,
        datasetId: place.dataset,
        tableId: options.temp,
      },
      ...(isUpload ? {} : { sourceUris: sources.map(({ uri }) => uri) }),
      sourceFormat: "NEWLINE_DELIMITED_JSON",
      schema: { fields: options.fields.map(toFieldSchema) },
      createDisposition: "CREATE_NEVER",
      writeDisposition: isFirst ? "WRITE_TRUNCATE" : "WRITE_APPEND",
      ignoreUnknownValues: false,
      maxBadRecords: 0,
    },
  };
}

/** The table's own count. The jobs' only tell whether to trust that it is up to date; where the two differ, the rows are counted. */
async function countTempRows(
  client: BigQueryClient,
  options: LoadTempOptions,
  { maximumBytesBilled }: LoadSettings,
  outputRows: number | null,
): Promise<number> {
  const { temp } = options;
  const table = await getTable(client, temp, "numRows");
  const rows = Number(table?.numRows ?? NaN);
  if (rows === outputRows) return rows;
  const sql = `SELECT COUNT(*) FROM ${quoteTable(client.place, temp)}`;
  const labels = toLoadLabels(options);
  const [row] = await queryRows(client, { sql, maximumBytesBilled, labels });
  return Number(row?.[0]);
}

/** A load takes any text and number; whether it is a time is for a query to say. Refused rows leave TEMP empty. */
async function checkTimes(
  client: BigQueryClient,
  options: LoadTempOptions,
  settings: LoadSettings,
): Promise<void> {
  const { maximumBytesBilled } = settings;
  const conditions = options.fields.flatMap((field) => {
    const format = options.timeFormats.get(field.name);
    return format === undefined ? [] : [unreadableTimeSql(format, field)];
  });
  if (conditions.length === 0) return;
  const table = quoteTable(client.place, options.temp);
  const sql = `SELECT COUNTIF((${conditions.join(") OR (")})) FROM ${table}`;
  const labels = toLoadLabels(options);
  const [row] = await queryRows(client, { sql, maximumBytesBilled, labels });
  if (Number(row?.[0]) === 0) return;
  const count = `${row?.[0] ?? "some"} rows hold a time that its format can't read`;
  await emptyTemp(client, options, settings);
  throw await explain(
    options,
    { sources: [], isUpload: true, protos: [], note: `BigQuery: ${count}` },
    settings,
  );
}

/** Imported here only: a load that is taken needs no judge. */
async function explain(
  options: LoadTempOptions,
  job: RefusedJob,
  { explainBytes }: LoadSettings,
): Promise<DataRefusedError> {
  const { explainRefusal } = await import("./bigquery-explain.js");
  const { message, misfits } = await explainRefusal(options, job, explainBytes);
  return misfits.length > 0
    ? new MisfitError(message, misfits)
    : new DataRefusedError(message);
}

async function emptyTemp(
  client: BigQueryClient,
  options: LoadTempOptions,
  { maximumBytesBilled }: LoadSettings,
): Promise<void> {
  const sql = `TRUNCATE TABLE ${quoteTable(client.place, options.temp)}`;
  const labels = toLoadLabels(options);
  await queryRows(client, { sql, maximumBytesBilled, labels });
}
