import { UsageError } from "./errors.js";

/** Of pino; `silent` logs nothing. */
const logLevels = [
  "trace",
  "debug",
  "info",
  "warn",
  "error",
  "fatal",
  "silent",
] as const;

export type LogLevel = (typeof logLevels)[number];

/** As Python names them, and so Airflow. */
const pythonLevels: ReadonlyMap<string, LogLevel> = new Map([
  ["warning", "warn"],
  ["critical", "fatal"],
]);

/** Where services are that are not at their own addresses. */
export interface ServiceEndpoints {
  /** Buckets in the path instead of the host's name, as most servers other than Amazon's want it. The SDK itself reads AWS_ENDPOINT_URL_S3. */
  readonly s3PathStyle: boolean;
  /** Where no region is configured: servers other than Amazon's have none. */
  readonly s3DefaultRegion: string | undefined;
  /** Set: no Google credentials are looked for. */
  readonly gcs: string | undefined;
  /** Set: no Google credentials are looked for. */
  readonly bigquery: string | undefined;
}

/** How people are told. All but `slackApiUrl` are secrets, and are in no message or log. */
export interface MessengerAccess {
  readonly slackWebhookUrl: string | undefined;
  readonly slackToken: string | undefined;
  /** Undefined: Slack's own. */
  readonly slackApiUrl: string | undefined;
  readonly smtpUrl: string | undefined;
}

/** What sluice takes from the environment; the one place that reads it. */
export interface Environment {
  readonly source: string | undefined;
  readonly stage: string | undefined;
  readonly warehouse: string | undefined;
  readonly spoolDirectory: string | undefined;
  readonly logLevel: LogLevel;
  /** Of the catalog that the DAG which started this pod was generated from. */
  readonly dagCatalogHash: string | undefined;
  readonly endpoints: ServiceEndpoints;
  readonly messengers: MessengerAccess;
  /** Called after each good `watch --send`. A secret. */
  readonly heartbeatUrl: string | undefined;
}

/** On Node 20, Amazon's SDK writes eight lines to standard error about its future versions, between our own. Ours is pinned. */
export function quietAwsSdk(variables: NodeJS.ProcessEnv = process.env): void {
  variables["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
}

/** Throws UsageError where a variable can't be read. */
export function readEnvironment(
  variables: NodeJS.ProcessEnv = process.env,
): Environment {
  const read = (name: string) => variables[name] || undefined;
  return {
    source: read("SLUICE_SOURCE"),
    stage: read("SLUICE_STAGE"),
    warehouse: read("SLUICE_WAREHOUSE"),
    spoolDirectory: read("SLUICE_SPOOL"),
    logLevel: parseLogLevel(read("SLUICE_LOG_LEVEL") ?? "info"),
    dagCatalogHash: read("SLUICE_CATALOG_HASH"),
    endpoints: {
      s3PathStyle: read("SLUICE_S3_PATH_STYLE") === "1",
      s3DefaultRegion:
        read("AWS_ENDPOINT_URL_S3") === undefined ? undefined : "us-east-1",
      gcs: read("SLUICE_GCS_ENDPOINT"),
      bigquery: read("SLUICE_BIGQUERY_ENDPOINT"),
    },
    messengers: {
      slackWebhookUrl: read("SLUICE_SLACK_WEBHOOK_URL"),
      slackToken: read("SLUICE_SLACK_TOKEN"),
      slackApiUrl: read("SLUICE_SLACK_API_URL"),
      smtpUrl: read("SLUICE_SMTP_URL"),
    },
    heartbeatUrl: read("SLUICE_HEARTBEAT_URL"),
  };
}

function parseLogLevel(text: string): LogLevel {
  const name = text.toLowerCase();
  const level =
    pythonLevels.get(name) ?? logLevels.find((known) => known === name);
  if (level !== undefined) return level;
  throw new UsageError(
    `SLUICE_LOG_LEVEL: ${JSON.stringify(text)} is no level: expected one of ${logLevels.join(", ")}`,
  );
}
