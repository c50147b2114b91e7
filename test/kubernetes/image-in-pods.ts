import { expect } from "chai";
import {
  apply,
  cluster,
  deletePod,
  followLog,
  removePod,
  runPod,
  startPod,
  waitForEnd,
  waitForLog,
} from "./cluster.js";
import { type Clouds, startClouds } from "./clouds.js";
import { forwardPort } from "./forward-port.js";

const hour = "2026-01-15T00";
const bigHour = "2026-01-15T05";
/** Has one line. */
const emptyHour = "2026-01-15T01";
/** Has one line of 99 MB; 100 is the most. */
const longHour = "2026-01-15T06";

/** Of a catalog; the Secret's URLs go before these. */
const head = [
  "source: s3://logs/raw",
  "stage: gs://stage/classified",
  "warehouse: bigquery://test-project/shop",
  "type_key: log_type",
];

describe("the image in real pods, restricted, read-only and small", function () {
  this.timeout(300_000);
  let clouds: Clouds;

  before(async () => {
    clouds = await startClouds();
    for (const [from, rows] of [
      [hour, 5000],
      [bigHour, 300_000],
      [emptyHour, 1],
    ] as const) {
      const { exitCode, log } = await runPod({
        name: "sample",
        words: ["sample", "--from", from, "--rows", String(rows)],
        cpu: "1",
        memory: "512Mi",
      });
      expect(exitCode, log).to.equal(0);
    }
    const line = `{"log_type":"page_view","text":"${"x".repeat(99_000_000)}"}\n`;
    await clouds.putLog("2026/01/15/06/logs.ndjson", Buffer.from(line));
  });
  after(async () => {
    await clouds.stop();
  });

  it("runs sluice as process 1 and an unprivileged user", async () => {
    const version = await runPod({ name: "version", words: ["--version"] });
    expect(version).to.include({ exitCode: 0, reason: "Completed" });
    expect(version.log).to.match(/^\d+\.\d+\.\d+\n$/);
    const script =
      'const fs = require("fs"); const tell = (path) => { try { fs.writeFileSync(path, ""); return "written"; } catch (error) { return error.code; } };' +
      'console.log(process.getuid(), tell("/spool/x"), tell("/app/x"), tell("/tmp/x"), require("os").tmpdir());';
    const { log } = await runPod({
      name: "user",
      command: ["node", "-e"],
      words: [script],
    });
    expect(log).to.equal("1000 written EROFS EROFS /spool\n");
  });

  it("classifies and loads within its limits, with exit code 0", async () => {
    const classified = await runPod({
      name: "classify",
      words: ["classify", "--hour", hour, "--json"],
      cpu: "500m",
      memory: "256Mi",
    });
    expect(classified.exitCode, classified.log).to.equal(0);
    const loaded = await runPod({
      name: "load",
      words: ["load", "--type", "purchase", "--hour", hour, "--json"],
    });
    expect(loaded.exitCode, loaded.log).to.equal(0);
    const rows = rowsIn(classified.log, "purchase");
    expect(rows).to.be.greaterThan(0);
    expect(
      await clouds.query("SELECT count(*) AS rows_loaded FROM purchase"),
    ).to.deep.equal([{ rows_loaded: String(rows) }]);
  });

  it("ends with 99 after an empty hour, where that is asked for", async () => {
    const { exitCode, log } = await runPod({
      name: "classify",
      words: ["classify", "--hour", emptyHour, "--json"],
      cpu: "1",
      memory: "256Mi",
    });
    expect(exitCode, log).to.equal(0);
    const type = ["purchase", "search"].find((name) => rowsIn(log, name) === 0);
    const load = await runPod({
      name: "load-empty",
      words: [
        "load",
        "--type",
        type ?? "",
        "--hour",
        emptyHour,
        "--skip-empty",
      ],
    });
    expect(load.exitCode, load.log).to.equal(99);
  });

  it("ends with 4 before the hour is classified", async () => {
    const { exitCode, log } = await runPod({
      name: "too-early",
      words: ["load", "--type", "purchase", "--hour", "2026-01-15T09"],
    });
    expect(exitCode, log).to.equal(4);
  });

  it("ends with 2 and both catalogs' hashes for a type that its catalog lacks", async () => {
    const { exitCode, log } = await runPod({
      name: "no-type",
      words: ["load", "--type", "unheard_of", "--hour", hour],
      environment: { SLUICE_CATALOG_HASH: "sha256:0123" },
    });
    expect(exitCode, log).to.equal(2);
    expect(log).to.match(
      /"unheard_of" is not a log type of catalog\.yaml.*\n.*\(sha256:0123; this one is sha256:[0-9a-f]{64}\)/,
    );
  });

  it("ends with 2 and one line where DuckDB is asked for, which it lacks", async () => {
    const { exitCode, log } = await runPod({
      name: "duckdb",
      words: ["load", "--type", "purchase", "--hour", hour],
      environment: { SLUICE_WAREHOUSE: "duckdb:/spool/w.duckdb" },
    });
    expect(exitCode, log).to.equal(2);
    expect(log).to.match(/^sluice: duckdb:.* has no DuckDB.*\n$/);
  });

  it("takes its catalog and its schemas from mounted ConfigMaps", async () => {
    await applyConfigMap("mounted-catalog", {
      "catalog.yaml": [...head, "types: { only_mounted: {} }"].join("\n"),
    });
    await applyConfigMap("mounted-schemas", {
      "only_mounted.json": '[{"name":"a","type":"STRING"}]',
    });
    const { exitCode, log } = await runPod({
      name: "mounted",
      words: ["load", "--type", "only_mounted", "--hour", hour],
      configMaps: [
        {
          name: "mounted-catalog",
          path: "/app/catalog.yaml",
          key: "catalog.yaml",
        },
        { name: "mounted-schemas", path: "/app/schemas/tables" },
      ],
    });
    expect(log).to.include("only_mounted");
    // The hour was classified by another catalog, which did not know the type.
    expect(exitCode, log).to.equal(4);
  });

  it("ends with 3 and the misfits where rows do not fit the schema", async () => {
    await applyConfigMap("plain-catalog", {
      "catalog.yaml": [...head, "types: { purchase: {} }"].join("\n"),
    });
    await applyConfigMap("other-schema", {
      "purchase.json": '[{"name":"log_type","type":"INTEGER"}]',
    });
    const { exitCode, log } = await runPod({
      name: "misfit",
      words: ["load", "--type", "purchase", "--hour", hour],
      configMaps: [
        {
          name: "other-schema",
          path: "/app/schemas/tables/purchase.json",
          key: "purchase.json",
        },
        {
          name: "plain-catalog",
          path: "/app/catalog.yaml",
          key: "catalog.yaml",
        },
      ],
    });
    expect(exitCode, log).to.equal(3);
    expect(log).to.include("log_type");
  });

  describe("stopped by SIGTERM", () => {
    afterEach(async () => {
      await removePod("stopped");
    });

    it("ends with 143 while it splits, and the same command finishes", async () => {
      const request = {
        name: "stopped",
        words: ["classify", "--hour", bigHour, "--json"],
        cpu: "400m",
        memory: "256Mi",
        kept: true,
      };
      await startPod({ ...request, environment: { NODE_DEBUG: "http" } });
      await waitForLog("stopped", /HTTP \d+: /);
      const log = followLog("stopped");
      const asked = Date.now();
      await deletePod("stopped");
      const { exitCode } = await waitForEnd("stopped");
      expect(exitCode, (await log).slice(-2000)).to.equal(143);
      expect(await log).to.match(/^sluice: stopped by SIGTERM/m);
      // The kubelet would kill it 30 s after it asked.
      expect(Date.now() - asked).to.be.lessThan(25_000);
      await removePod("stopped");
      const again = await runPod({ ...request, cpu: "1", kept: false });
      expect(again.exitCode, again.log).to.equal(0);
    });

    it("ends with 143 while a service does not answer", async () => {
      const silent = await forwardPort(cluster.hostAddress, () => null);
      try {
        await startPod({
          name: "stopped",
          words: ["load", "--type", "purchase", "--hour", hour],
          kept: true,
          environment: {
            SLUICE_BIGQUERY_ENDPOINT: `http://${silent.host}:${silent.port}`,
            NODE_DEBUG: "http",
          },
        });
        await waitForLog("stopped", new RegExp(String(silent.port)));
        await deletePod("stopped");
        const { exitCode, log } = await waitForEnd("stopped");
        expect(exitCode, log.slice(-2000)).to.equal(143);
      } finally {
        await silent.stop();
      }
    });
  });

  it("says so, with exit code 5, where its memory is too small", async () => {
    const { exitCode, reason, log } = await runPod({
      name: "too-small",
      words: ["classify", "--hour", longHour],
      cpu: "1",
      memory: "128Mi",
    });
    expect(`${exitCode} ${reason}`, log).to.equal("5 Error");
    expect(log).to.match(
      /MiB (of memory that this container|that V8's heap) may/,
    );
    expect(log).to.include("resources.memory");
  });
});

async function applyConfigMap(
  name: string,
  data: Readonly<Record<string, string>>,
): Promise<void> {
  await apply({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: cluster.namespace },
    data,
  });
}

function rowsIn(log: string, type: string): number | undefined {
  const result = JSON.parse(log.trim().split("\n").at(-1) ?? "{}") as {
    types?: Record<string, number>;
  };
  return result.types?.[type];
}
