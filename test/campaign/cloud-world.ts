import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateBucketCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { startBigQueryServer } from "../servers/bigquery-server.js";
import {
  startFaultProxy,
  type Fault,
  type FaultProxy,
  type ProxiedRequest,
} from "../servers/fault-proxy.js";
import { startGcsServer } from "../servers/gcs-server.js";
import { s3Environment } from "../servers/s3-environment.js";
import { startS3Server } from "../servers/s3-server.js";
import { createDice, type Dice } from "./dice.js";
import { drawFault, type Service } from "./draw-fault.js";
import { createKillMatch, type KillTarget } from "./kill-target.js";
import type { Tally } from "./tally.js";
import type { World, Worlds } from "./world.js";

const sourceBucket = "campaign-logs";
const dataset = "campaign";
/** The stand-in slows down with each job that it remembers. A new one also has the first loads of its tables come at once again. */
const roundsPerBigQuery = 6;

/** s3:, gs: and bigquery: of stand-in servers that are started once; each lane reaches them through proxies of its own. */
export async function openCloudWorlds(tally: Tally): Promise<Worlds> {
  const s3 = await startS3Server();
  const gcs = await startGcsServer();
  const folder = await mkdtemp(join(tmpdir(), "sluice-campaign-spool-"));
  const source = new S3Client({
    endpoint: s3.endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: s3,
  });
  await source.send(new CreateBucketCommand({ Bucket: sourceBucket }));
  const gcsApi = `${gcs.endpoint}/storage/v1/b`;
  const openLane = async (lane: number): Promise<World> => {
    const dice = new Map<Service, Dice>();
    let awaited: (() => void) | null = null;
    const faults: { atMs: number; what: string }[] = [];
    const tell = (what: string) => faults.push({ atMs: Date.now(), what });
    const decideFor =
      (service: Service) =>
      ({ method, path }: ProxiedRequest): Fault | null => {
        tally.count(`requests: ${service}`);
        if (/_TEMP_.*numRows/.test(path)) awaited?.();
        const own = dice.get(service);
        const fault =
          own === undefined ? null : drawFault(service, own, { method, path });
        if (fault === null) return null;
        const kind =
          fault.kind === "answer" ? `${fault.status} answered` : fault.kind;
        tally.count(`faults: ${kind}`);
        tell(`${kind}: ${service} ${method} ${path}`);
        tally.count(`faulted: ${service} ${method}`);
        return fault;
      };
    const watch = (service: Service, target: string): Promise<FaultProxy> =>
      startFaultProxy({ target, decide: decideFor(service) });
    /** Of one job each, which is to be killed at a request. */
    const aimed: FaultProxy[] = [];
    const aim = async (
      services: readonly (readonly [Service, string])[],
      { kind, at, skip }: KillTarget,
      kill: () => void,
    ): Promise<readonly FaultProxy[]> => {
      const matches = createKillMatch({ kind, at, skip });
      const proxies = await Promise.all(
        services.map(([service, target]) => {
          const decide = decideFor(service);
          return startFaultProxy({
            target,
            decide(request) {
              if (!matches(service, request)) return decide(request);
              tally.count(`killed at ${at}: ${kind}`);
              const { method, path } = request;
              tell(`killed at ${at}: ${service} ${method} ${path}`);
              return { kind: "kill-client", at, kill };
            },
          });
        }),
      );
      aimed.push(...proxies);
      return proxies;
    };
    const s3Proxy = await watch("s3", s3.endpoint);
    const gcsProxy = await watch("gcs", gcs.endpoint);
    let rounds = 0;
    let warehouse = await openWarehouse();
    async function openWarehouse() {
      const server = await startBigQueryServer({ gcsDirectory: gcs.directory });
      const { project, endpoint } = server;
      const api = `${endpoint}/bigquery/v2/projects/${project}`;
      await call("POST", `${api}/datasets`, {
        datasetReference: { projectId: project, datasetId: dataset },
      });
      const proxy = await watch("bigquery", endpoint);
      const close = async () => {
        await countConflicts(api, tally);
        await proxy.stop();
        await server.stop();
      };
      return { project, api, endpoint, proxy, close };
    }
    const stopAimed = () =>
      Promise.all(aimed.splice(0).map((proxy) => proxy.stop()));
    const prefixOf = (round: number) => `lane-${lane}/${round}`;
    // The stand-in reads every object of a bucket at each listing: in one bucket, rounds would become slower and slower.
    const stageBucketOf = (round: number) => `campaign-stage-${lane}-${round}`;
    const query: World["query"] = async (sql) => {
      const answer = await call("POST", `${warehouse.api}/queries`, {
        query: sql,
        useLegacySql: false,
        maxResults: 100_000,
      });
      if (answer.status === 404) return null;
      return (
        (answer.body["rows"] as { f: { v: string | null }[] }[] | undefined) ??
        []
      ).map(({ f }) => f.map(({ v }) => v));
    };
    return {
      dialect: "bigquery",
      tableName: (table) => `\`${warehouse.project}\`.${dataset}.\`${table}\``,
      async prepare(round) {
        await stopAimed();
        await call("POST", `${gcsApi}?project=p`, {
          name: stageBucketOf(round),
        });
        if (rounds > 0 && rounds % roundsPerBigQuery === 0) {
          await warehouse.close();
          warehouse = await openWarehouse();
        }
        rounds += 1;
      },
      variables: (round) => ({
        ...s3Environment({ ...s3, endpoint: s3Proxy.endpoint }),
        AWS_REGION: "us-east-1",
        SLUICE_GCS_ENDPOINT: gcsProxy.endpoint,
        SLUICE_BIGQUERY_ENDPOINT: warehouse.proxy.endpoint,
        SLUICE_SOURCE: `s3://${sourceBucket}/${prefixOf(round)}`,
        SLUICE_STAGE: `gs://${stageBucketOf(round)}/${prefixOf(round)}`,
        SLUICE_WAREHOUSE: `bigquery://${warehouse.project}/${dataset}`,
        SLUICE_SPOOL: join(folder, String(lane)),
      }),
      nextLoad: () => new Promise((resolve) => (awaited = resolve)),
      async aimKill(target, kill) {
        const [gcsOwn, bigQueryOwn] = await aim(
          [
            ["gcs", gcs.endpoint],
            ["bigquery", warehouse.endpoint],
          ],
          target,
          kill,
        );
        return {
          SLUICE_GCS_ENDPOINT: gcsOwn?.endpoint ?? "",
          SLUICE_BIGQUERY_ENDPOINT: bigQueryOwn?.endpoint ?? "",
        };
      },
      takeFaults: () => faults.splice(0),
      setFaults(seed) {
        dice.clear();
        if (seed === null) return;
        for (const [index, service] of (
          ["s3", "gcs", "bigquery"] as const
        ).entries())
          dice.set(service, createDice(...seed, 2 + index));
      },
      async settle() {
        const proxies = [s3Proxy, gcsProxy, warehouse.proxy, ...aimed];
        while (proxies.some(({ underWay }) => underWay > 0)) await sleep(5);
      },
      async putSource(round, key, bytes) {
        await source.send(
          new PutObjectCommand({
            Bucket: sourceBucket,
            Key: `${prefixOf(round)}/${key}`,
            Body: bytes,
          }),
        );
      },
      async listStage(round) {
        const prefix = `${prefixOf(round)}/`;
        const keys: string[] = [];
        for (let page: string | undefined = ""; page !== undefined;) {
          const { body } = await call(
            "GET",
            `${gcsApi}/${stageBucketOf(round)}/o?maxResults=1000&prefix=${encodeURIComponent(prefix)}&pageToken=${encodeURIComponent(page)}`,
          );
          const items = (body["items"] ?? []) as { name: string }[];
          keys.push(...items.map(({ name }) => name.slice(prefix.length)));
          page = (body["nextPageToken"] as string | undefined) || undefined;
        }
        return keys;
      },
      async readStage(round, key) {
        const name = encodeURIComponent(`${prefixOf(round)}/${key}`);
        const response = await fetch(
          `${gcsApi}/${stageBucketOf(round)}/o/${name}?alt=media`,
        );
        const bytes = Buffer.from(await response.arrayBuffer());
        if (response.status === 404) return null;
        if (!response.ok) throw new Error(`${name}: ${response.status}`);
        return bytes;
      },
      query,
      async findLastingTemps() {
        const tables = `${warehouse.api}/datasets/${dataset}/tables`;
        const { body } = await call("GET", `${tables}?maxResults=10000`);
        const all = (body["tables"] ?? []) as {
          tableReference: { tableId: string };
        }[];
        const lasting: string[] = [];
        for (const { tableReference } of all) {
          const { tableId } = tableReference;
          if (!tableId.includes("_TEMP_")) continue;
          const found = await call("GET", `${tables}/${tableId}`);
          tally.count("TEMP tables left to expire");
          if (
            found.status === 200 &&
            found.body["expirationTime"] === undefined
          )
            lasting.push(tableId);
        }
        return lasting;
      },
      async stop() {
        await stopAimed();
        await warehouse.close();
        await Promise.all([s3Proxy.stop(), gcsProxy.stop()]);
      },
    };
  };
  return {
    openLane,
    async stop() {
      await Promise.all([s3.stop(), gcs.stop()]);
      source.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What became of the transactions, as the service's own list of jobs has it. */
async function countConflicts(api: string, tally: Tally): Promise<void> {
  const cancelled = new Set<string>();
  const committed = new Set<string>();
  for (let page: string | undefined = ""; page !== undefined;) {
    const { body } = await call(
      "GET",
      `${api}/jobs?projection=full&maxResults=1000&pageToken=${encodeURIComponent(page)}`,
    );
    for (const job of (body["jobs"] ?? []) as ListedJob[]) {
      const [, call] =
        /^(sluice_replace_.*)_\d+$/.exec(job.jobReference.jobId) ?? [];
      if (call === undefined) continue;
      const message = job.status?.errorResult?.message;
      if (message === undefined) committed.add(call);
      else if (message.includes("Failed to commit")) {
        cancelled.add(call);
        tally.count("transactions: cancelled by another");
      }
    }
    page = (body["nextPageToken"] as string | undefined) || undefined;
  }
  tally.count("transactions: committed", committed.size);
  tally.count(
    "transactions: cancelled, then committed",
    [...cancelled].filter((call) => committed.has(call)).length,
  );
}

interface ListedJob {
  readonly jobReference: { readonly jobId: string };
  readonly status?: { readonly errorResult?: { readonly message?: string } };
}

/** Throws on any answer but a good one, and 404. */
async function call(
  method: string,
  url: string,
  body?: object,
): Promise<{
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}> {
  const response = await fetch(url, {
    method,
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok && response.status !== 404)
    throw new Error(`${method} ${url}: ${response.status} ${text}`);
  const parsed = response.ok
    ? (JSON.parse(text) as Record<string, unknown>)
    : {};
  return { status: response.status, body: parsed };
}
