import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type Manifest, manifestKey } from "../../src/classify/manifest.js";
import { hourPath, parseFolderHour } from "../../src/folder-hour.js";
import { bigQueryPlace, type TablePlace } from "../clouds/make-places.js";
import {
  type BigQueryDataset,
  createBigQueryDataset,
} from "../contract/bigquery-dataset.js";
import { startBigQueryServer } from "../servers/bigquery-server.js";
import { startGcsServer } from "../servers/gcs-server.js";
import { startS3Server } from "../servers/s3-server.js";
import { apply, cluster } from "./cluster.js";
import { forwardPort } from "./forward-port.js";

const stagePrefix = "classified";

export interface Clouds {
  /** For the pods and for this machine alike. */
  readonly environment: Readonly<Record<string, string>>;
  /** The first line of a request that matches, and what its connection sends after it, gets no answer. */
  hold: (service: "s3" | "gcs", request: RegExp) => HeldRequests;
  /** `key` is below the source. */
  putLog: (key: string, body: Uint8Array) => Promise<void>;
  /** Keys of what lies at the stage in the folders of one hour, such as 2026-01-15T00: all but its manifest. */
  listStage: (hour: string) => Promise<string[]>;
  readManifest: (hour: string) => Promise<Manifest>;
  readonly tables: TablePlace;
  query: BigQueryDataset["query"];
  stop: () => Promise<void>;
}

export interface HeldRequests {
  /** Resolves when there is one. */
  readonly met: Promise<void>;
  /** Ends the connections of the service; the next ones are answered. */
  letGo: () => void;
}

/** The stand-ins of S3, GCS and BigQuery where pods reach them, with a bucket and a dataset; told to the pods by the Secret `sluice`. */
export async function startClouds(): Promise<Clouds> {
  const ports = { s3: 0, gcs: 0, bigquery: 0 };
  const host = cluster.hostAddress;
  const holds = new Map<string, (sent: string) => boolean>();
  const isHeld = (service: string) => (sent: string) =>
    holds.get(service)?.(sent) ?? false;
  const forwards = {
    s3: await forwardPort(host, () => ports.s3, isHeld("s3")),
    gcs: await forwardPort(host, () => ports.gcs, isHeld("gcs")),
    bigquery: await forwardPort(host, () => ports.bigquery),
  };
  const seenFromPods = (name: keyof typeof forwards): string =>
    `http://${host}:${forwards[name].port}`;
  const s3 = await startS3Server();
  const gcs = await startGcsServer({ externalUrl: seenFromPods("gcs") });
  const bigQuery = await startBigQueryServer({ gcsDirectory: gcs.directory });
  ports.s3 = Number(new URL(s3.endpoint).port);
  ports.gcs = Number(new URL(gcs.endpoint).port);
  ports.bigquery = Number(new URL(bigQuery.endpoint).port);
  await mkdir(join(s3.directory, "logs"));
  await mkdir(join(gcs.directory, "stage"));
  const dataset = await createBigQueryDataset(bigQuery);
  const tables = bigQueryPlace(bigQuery.project, dataset);
  const stageUrl = `${gcs.endpoint}/storage/v1/b/stage/o`;
  const environment = {
    AWS_ENDPOINT_URL_S3: seenFromPods("s3"),
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
    AWS_REGION: "us-east-1",
    SLUICE_S3_PATH_STYLE: "1",
    SLUICE_GCS_ENDPOINT: seenFromPods("gcs"),
    SLUICE_BIGQUERY_ENDPOINT: seenFromPods("bigquery"),
    SLUICE_SOURCE: "s3://logs/raw",
    SLUICE_STAGE: `gs://stage/${stagePrefix}`,
    SLUICE_WAREHOUSE: tables.url,
  };
  await apply({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "sluice", namespace: cluster.namespace },
    stringData: environment,
  });
  return {
    environment,
    hold: (service, request) => {
      let meet: () => void = () => undefined;
      const met = new Promise<void>((resolve) => (meet = resolve));
      holds.set(service, (sent) => {
        const matches = request.test(sent.slice(0, sent.indexOf("\r\n")));
        if (matches) meet();
        return matches;
      });
      return {
        met,
        letGo: () => {
          holds.delete(service);
          forwards[service].hangUp();
        },
      };
    },
    putLog: async (key, body) => {
      const client = new S3Client({
        region: environment.AWS_REGION,
        endpoint: environment.AWS_ENDPOINT_URL_S3,
        forcePathStyle: true,
        credentials: s3,
      });
      await client.send(
        new PutObjectCommand({ Bucket: "logs", Key: `raw/${key}`, Body: body }),
      );
      client.destroy();
    },
    listStage: async (hour) => {
      const { items = [] } = await getJson<{
        readonly items?: readonly { readonly name: string }[];
      }>(`${stageUrl}?prefix=${stagePrefix}/`);
      const folder = `/${hourPath(parseFolderHour(hour))}/`;
      return items
        .map(({ name }) => name.slice(stagePrefix.length + 1))
        .filter((key) => key.includes(folder));
    },
    readManifest: (hour) => {
      const key = `${stagePrefix}/${manifestKey(parseFolderHour(hour))}`;
      return getJson(`${stageUrl}/${encodeURIComponent(key)}?alt=media`);
    },
    tables,
    query: (sql) => dataset.query(sql),
    stop: async () => {
      await Promise.all(
        [bigQuery, gcs, s3, ...Object.values(forwards)].map((part) =>
          part.stop(),
        ),
      );
    },
  };
}

async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok)
    throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
