import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { expect } from "chai";
import type { DoctorResult } from "../../jobs/doctor.js";
import { findPackageRoot } from "../../src/package-root.js";
import { describeWithServers } from "../servers/shared-servers.js";

const root = findPackageRoot();

describeWithServers("doctor on the stand-in clouds", function (servers) {
  this.timeout(120_000);
  let environment: Record<string, string>;
  const names = { bucket: "sluice-doctor", dataset: "sluice_doctor" };

  before(async () => {
    const [s3, gcs, bigQuery] = await Promise.all([
      servers.s3(),
      servers.gcs(),
      servers.bigQuery(),
    ]);
    for (const { directory } of [s3, gcs])
      mkdirSync(join(directory, names.bucket), { recursive: true });
    const datasets = `${bigQuery.endpoint}/bigquery/v2/projects/${bigQuery.project}/datasets`;
    const made = await fetch(datasets, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        datasetReference: {
          projectId: bigQuery.project,
          datasetId: names.dataset,
        },
      }),
    });
    expect(made.status).to.equal(200);
    environment = {
      SLUICE_SOURCE: `s3://${names.bucket}/raw`,
      SLUICE_STAGE: `gs://${names.bucket}/stage`,
      SLUICE_WAREHOUSE: `bigquery://${bigQuery.project}/${names.dataset}`,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: s3.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
      SLUICE_S3_PATH_STYLE: "1",
      SLUICE_GCS_ENDPOINT: gcs.endpoint,
      SLUICE_BIGQUERY_ENDPOINT: bigQuery.endpoint,
    };
  });

  async function runDoctor(
    changes: Record<string, string> = {},
    words: readonly string[] = [],
  ) {
    const child = spawn(
      process.execPath,
      [...[join(root, "dist/src/main.js"), "doctor", "--json"], ...words],
      {
        cwd: root,
        env: { PATH: process.env["PATH"], ...environment, ...changes },
      },
    );
    const [stdout, stderr, status] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve) => child.once("close", resolve)),
    ]);
    expect(stderr).not.to.match(/\n\s+at /);
    expect(stdout, stderr).not.to.equal("");
    const { rows } = JSON.parse(stdout) as DoctorResult;
    const failed = rows.filter(({ result }) => result === "failed");
    return { status, rows, failed };
  }

  it("finds all in order on s3:, gs: and bigquery:, and leaves no table but sluice's own", async () => {
    const { status, failed } = await runDoctor();

    expect(failed).to.deep.equal([]);
    expect(status).to.equal(0);
    const { project, endpoint } = await servers.bigQuery();
    const answer = await fetch(
      `${endpoint}/bigquery/v2/projects/${project}/datasets/${names.dataset}/tables`,
    );
    expect(await answer.text()).not.to.include("doctor_");
  });

  it("keeps every commit's condition on an s3: stage too", async () => {
    const { status, failed } = await runDoctor({
      SLUICE_STAGE: `s3://${names.bucket}/stage`,
    });

    expect(failed).to.deep.equal([]);
    expect(status).to.equal(0);
  });

  it("gives every job the catalog's labels and limit, and every table its labels", async () => {
    const { endpoint } = await servers.bigQuery();
    const recorder = await startRecorder(endpoint);
    const directory = await mkdtemp(join(tmpdir(), "sluice-labels-"));
    try {
      const catalog = join(directory, "catalog.yaml");
      const settings =
        "{ labels: { team: größe }, maximum_bytes_billed: 123456789 }";
      await writeFile(
        catalog,
        `{ type_key: t, bigquery: ${settings}, types: { page_view: {} } }`,
      );
      const { failed } = await runDoctor(
        { SLUICE_BIGQUERY_ENDPOINT: recorder.endpoint },
        ["--catalog", catalog],
      );

      expect(failed).to.deep.equal([]);
      const bodies = recorder.bodies.map(
        (body) => JSON.parse(body) as JobOrTable,
      );
      const jobs = bodies.flatMap((body) =>
        body.configuration === undefined || body.configuration.dryRun === true
          ? []
          : [body.configuration],
      );
      const loads = jobs.filter(({ load }) => load !== undefined);
      const scripts = jobs.filter(({ query }) => query !== undefined);
      expect(loads).not.to.deep.equal([]);
      expect(scripts).not.to.deep.equal([]);
      for (const { labels } of jobs)
        expect(labels).to.include({ team: "größe" });
      for (const { labels } of loads)
        expect(labels).to.have.all.keys("team", "type", "hour", "run");
      expect(
        scripts.some(({ labels }) => labels?.["hour"] === "2000-01-01t00"),
      ).to.equal(true);
      for (const { labels, query } of scripts)
        if (labels?.["hour"] !== undefined)
          expect(query?.maximumBytesBilled).to.equal("123456789");
      const reads = bodies.filter(
        ({ query, configuration }) =>
          query !== undefined && configuration === undefined,
      );
      expect(reads).not.to.deep.equal([]);
      for (const read of reads) {
        expect(read.labels).to.deep.equal({ team: "größe" });
        expect(read.maximumBytesBilled).to.equal("123456789");
      }
      const probe = bodies.find(({ tableReference }) =>
        /^_sluice_doctor_[0-9a-f]+$/.test(tableReference?.tableId ?? ""),
      );
      expect(probe?.labels).to.deep.equal({ team: "größe" });
    } finally {
      await recorder.stop();
      await rm(directory, { recursive: true });
    }
  });

  it("tells a bucket that is not there, wrong credentials and a missing dataset, each by its service", async () => {
    const { status, failed } = await runDoctor({
      AWS_SECRET_ACCESS_KEY: "wrong-secret",
      SLUICE_STAGE: "gs://not-there/stage",
      SLUICE_WAREHOUSE: `${environment["SLUICE_WAREHOUSE"] ?? ""}_not_there`,
    });

    expect(
      failed.map(({ service, check }) => `${service}: ${check}`),
    ).to.deep.equal([
      "source: list",
      "stage: create",
      "stage: list",
      // The service itself names the dataset when a table is looked up; the stand-in says that the table is missing.
      "warehouse: create a table",
      "warehouse: read the ledger",
    ]);
    for (const row of failed) expect(row.grant).to.be.a("string");
    expect(JSON.stringify(failed)).not.to.include("wrong-secret");
    expect(status).to.equal(5);
  });
});

/** As much of what BigQuery is sent as this suite looks at. */
interface JobOrTable {
  readonly labels?: Record<string, string>;
  readonly maximumBytesBilled?: string;
  readonly query?: string;
  readonly tableReference?: { readonly tableId: string };
  readonly configuration?: {
    readonly dryRun?: boolean;
    readonly labels?: Record<string, string>;
    readonly load?: object;
    readonly query?: { readonly maximumBytesBilled?: string };
  };
}

/** Passes requests on, and keeps their JSON bodies. */
async function startRecorder(target: string) {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const body = await buffer(request);
      const type = request.headers["content-type"] ?? "";
      if (type.includes("json") && body.length > 0)
        bodies.push(body.toString());
      const answer = await fetch(target + (request.url ?? ""), {
        method: request.method ?? "GET",
        headers: type === "" ? {} : { "content-type": type },
        ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
      });
      response.writeHead(answer.status, { "content-type": "application/json" });
      response.end(await answer.text());
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bodies,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
