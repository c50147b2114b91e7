import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { startBigQueryServer } from "../servers/bigquery-server.js";
import { startGcsServer } from "../servers/gcs-server.js";
import { startS3Server } from "../servers/s3-server.js";
import { apply, cluster } from "./cluster.js";
import { forwardPort } from "./forward-port.js";

export interface Clouds {
  /** For the pods and for this machine alike. */
  readonly environment: Readonly<Record<string, string>>;
  /** Until it is let go again, S3 takes connections and answers nothing. */
  holdS3: (isHeld: boolean) => void;
  /** `key` is below the source. */
  putLog: (key: string, body: Uint8Array) => Promise<void>;
  /** Rows of one query, their cells as text. */
  query: (sql: string) => Promise<string[][]>;
  stop: () => Promise<void>;
}

/** The stand-ins of S3, GCS and BigQuery where pods reach them, with a bucket and a dataset; told to the pods by the Secret `sluice`. */
export async function startClouds(): Promise<Clouds> {
  const ports = { s3: 0, gcs: 0, bigquery: 0 };
  const host = cluster.hostAddress;
  let isS3Held = false;
  const forwards = {
    s3: await forwardPort(host, () => (isS3Held ? null : ports.s3)),
    gcs: await forwardPort(host, () => ports.gcs),
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
  const project = `${bigQuery.endpoint}/bigquery/v2/projects/${bigQuery.project}`;
  await post(`${project}/datasets`, {
    datasetReference: { projectId: bigQuery.project, datasetId: "shop" },
  });
  const environment = {
    AWS_ENDPOINT_URL_S3: seenFromPods("s3"),
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
    AWS_REGION: "us-east-1",
    SLUICE_S3_PATH_STYLE: "1",
    SLUICE_GCS_ENDPOINT: seenFromPods("gcs"),
    SLUICE_BIGQUERY_ENDPOINT: seenFromPods("bigquery"),
    SLUICE_SOURCE: "s3://logs/raw",
    SLUICE_STAGE: "gs://stage/classified",
    SLUICE_WAREHOUSE: `bigquery://${bigQuery.project}/shop`,
  };
  await apply({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "sluice", namespace: cluster.namespace },
    stringData: environment,
  });
  return {
    environment,
    holdS3: (isHeld) => {
      isS3Held = isHeld;
      if (!isHeld) forwards.s3.hangUp();
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
    query: async (sql) => {
      const answer = (await post(`${project}/queries`, {
        query: sql,
        useLegacySql: false,
        defaultDataset: { projectId: bigQuery.project, datasetId: "shop" },
      })) as {
        readonly rows?: readonly { readonly f: readonly { v: string }[] }[];
      };
      return (answer.rows ?? []).map(({ f }) => f.map(({ v }) => v));
    },
    stop: async () => {
      await Promise.all(
        [bigQuery, gcs, s3, ...Object.values(forwards)].map((part) =>
          part.stop(),
        ),
      );
    },
  };
}

async function post(url: string, body: object): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok)
    throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}
