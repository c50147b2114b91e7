import { join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import type { BigQuerySettings, MessageTargets } from "./catalog/catalog.js";
import type { SplitThreadData } from "./classify/split-thread.js";
import {
  quietAwsSdk,
  type MessengerAccess,
  type ServiceEndpoints,
} from "./environment.js";
import { UsageError } from "./errors.js";
import { findPackageRoot } from "./package-root.js";
import type { Messenger } from "./ports/messenger.js";
import type { ObjectStore } from "./ports/object-store.js";
import type { Warehouse } from "./ports/warehouse.js";

/**
 * The adapter for the URL of a source or stage, as the catalog takes it. Relative folders start at the current one. `mustExist`: a folder
 * that is not there can't be listed, as a bucket that is not there can't; otherwise it is empty, and made by the first write.
 */
export async function openObjectStore(
  url: string,
  endpoints: ServiceEndpoints,
  { mustExist = false }: { readonly mustExist?: boolean } = {},
): Promise<ObjectStore> {
  if (url.startsWith("file:")) {
    const directory = resolvePath(url, "file:");
    const { FileObjectStore } = await import("./adapters/file-object-store.js");
    return new FileObjectStore(directory, { mustExist });
  }
  const [, scheme, bucket = "", prefix = ""] =
    /^(s3|gs):\/\/([^/]+)\/?(.*?)\/*$/.exec(url) ?? [];
  if (scheme === "s3") {
    quietAwsSdk();
    const { S3ObjectStore } = await import("./adapters/s3-object-store.js");
    const { s3PathStyle: forcePathStyle, s3DefaultRegion: defaultRegion } =
      endpoints;
    return new S3ObjectStore({ bucket, prefix, forcePathStyle, defaultRegion });
  }
  if (scheme === "gs") {
    const { GcsObjectStore } = await import("./adapters/gcs-object-store.js");
    return new GcsObjectStore({ bucket, prefix, endpoint: endpoints.gcs });
  }
  throw new UsageError(
    `${url}: no object store of this scheme; expected s3://bucket/prefix, gs://bucket/prefix or file:DIR`,
  );
}

/** The adapter for a warehouse's URL, as the catalog takes it. Relative files start at the current folder. `tell`: told of a long wait for it. */
export async function openWarehouse(
  url: string,
  endpoints: ServiceEndpoints,
  { labels, maximumBytesBilled }: BigQuerySettings,
  tell: (words: string) => void,
): Promise<Warehouse> {
  if (url.startsWith("duckdb:")) {
    const file = resolvePath(url, "duckdb:");
    const { DuckDbWarehouse } = await importDuckDb(url);
    return new DuckDbWarehouse(file, { tell });
  }
  const [, project, dataset, location] =
    /^bigquery:\/\/([^/]+)\/([^?]+)(?:\?location=(.+))?$/.exec(url) ?? [];
  if (project !== undefined && dataset !== undefined) {
    const { BigQueryWarehouse } =
      await import("./adapters/bigquery-warehouse.js");
    const { bigquery: endpoint } = endpoints;
    return new BigQueryWarehouse({
      project,
      dataset,
      location,
      endpoint,
      labels,
      ...(maximumBytesBilled === null ? {} : { maximumBytesBilled }),
    });
  }
  throw new UsageError(
    `${url}: no warehouse of this scheme; expected bigquery://project/dataset?location=REGION or duckdb:FILE`,
  );
}

/** A bot where there are a token and a channel, otherwise a webhook. */
export async function openSlack(
  { channel }: NonNullable<MessageTargets["slack"]>,
  { slackToken: token, slackWebhookUrl: url, slackApiUrl }: MessengerAccess,
): Promise<Messenger> {
  if (token !== undefined && channel !== null) {
    const { SlackBotMessenger } =
      await import("./adapters/slack-bot-messenger.js");
    return new SlackBotMessenger({ token, channel, apiUrl: slackApiUrl });
  }
  if (url !== undefined) {
    const { SlackWebhookMessenger } =
      await import("./adapters/slack-webhook-messenger.js");
    return new SlackWebhookMessenger({ url });
  }
  throw new UsageError(
    token === undefined
      ? "Slack: SLUICE_SLACK_WEBHOOK_URL and SLUICE_SLACK_TOKEN are not set; set one of them"
      : "Slack: SLUICE_SLACK_TOKEN is set, but the catalog names no channel; set slack.channel there, or SLUICE_SLACK_WEBHOOK_URL",
  );
}

export async function openMail(
  { from, to }: NonNullable<MessageTargets["mail"]>,
  { smtpUrl: url }: MessengerAccess,
): Promise<Messenger> {
  if (url === undefined)
    throw new UsageError(
      "mail: SLUICE_SMTP_URL is not set; expected one like smtps://USER:PASSWORD@HOST:465",
    );
  const { SmtpMessenger } = await import("./adapters/smtp-messenger.js");
  return new SmtpMessenger({ url, from, to });
}

/** Starts a thread that splits objects; it opens its own object store. */
export function startSplitThread(data: SplitThreadData): Worker {
  return new Worker(join(findPackageRoot(), "dist/src/split-worker.js"), {
    workerData: data,
    execArgv: [],
  });
}

/** The image is without DuckDB: its library is larger than all else that runs there. */
async function importDuckDb(url: string) {
  try {
    return await import("./adapters/duckdb-warehouse.js");
  } catch (error) {
    const isMissing =
      error instanceof Error &&
      "code" in error &&
      /^(ERR_)?MODULE_NOT_FOUND$/.test(String(error.code)) &&
      error.message.includes("@duckdb/");
    if (!isMissing) throw error;
    throw new UsageError(
      `${url}: this installation has no DuckDB, as the container image has none; set SLUICE_WAREHOUSE or --warehouse to bigquery://project/dataset?location=REGION, or run sluice from a clone`,
      { cause: error },
    );
  }
}

function resolvePath(url: string, scheme: string): string {
  const path = url.slice(scheme.length);
  if (path === "")
    throw new UsageError(`${url}: a path is missing after ${scheme}`);
  return resolve(path);
}
