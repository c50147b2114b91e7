import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
} from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parse, stringify } from "yaml";
import { findPackageRoot } from "../../src/package-root.js";
import { queryDuckDb } from "../contract/query-duckdb.js";
import { type AirflowSession, startAirflow } from "./airflow-session.js";
import { type Clouds, startClouds } from "./clouds.js";
import { apply, cluster, kubectl } from "./cluster.js";
import { watchEfforts } from "./pod-effort.js";
import { recordPods } from "./pod-record.js";

const root = findPackageRoot();
const hours = ["00", "01", "02"].map((hour) => `2026-01-15T${hour}`);
const damagedHour = "2026-01-15T03";
const killedHour = "2026-01-15T04";
const orphanedHour = "2026-01-15T05";
const bigHour = "2026-01-15T06";
/** The last of the demo's hours, and a row that does not fit. */
const deferredHour = "2026-01-15T07";
const types = ["page_view", "purchase"];
/** No line of the demo's hours has it. */
const quiet = "quiet";

for (const version of ["2", "3"] as const)
  describe(`Airflow ${version}, its operator, a kubelet and the image`, function () {
    this.timeout(1_200_000);
    let folder: string;
    let clouds: Clouds;
    let airflow: AirflowSession;
    let record: ReturnType<typeof recordPods>;
    let watch: ReturnType<typeof watchEfforts>;

    before(async function () {
      const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
      if (!existsSync(join(cache, `sluice/airflow${version}/bin/airflow`)))
        throw new Error(`no Airflow ${version}: run test/airflow/install`);
      record = recordPods();
      watch = watchEfforts();
      folder = await mkdtemp(join(tmpdir(), "sluice-chain-"));
      clouds = await startClouds();
      runSluice("demo");
      await uploadSource();
      await writeCatalog({ classifyMemory: "512Mi" });
      airflow = await startAirflow(version, join(folder, "generated-dags"));
    });
    after(async () => {
      record.stop();
      watch.stop();
      await airflow.stop();
      await clouds.stop();
      await rm(folder, { recursive: true });
    });

    function runSluice(...words: string[]): void {
      execFileSync(
        process.execPath,
        [join(root, "dist/src/main.js"), ...words],
        { cwd: folder, stdio: ["ignore", "ignore", "inherit"] },
      );
    }

    async function uploadSource(): Promise<void> {
      const source = join(folder, ".sluice/demo/source");
      const files = await readdir(source, {
        recursive: true,
        withFileTypes: true,
      });
      for (const file of files.filter((entry) => entry.isFile())) {
        const path = join(file.parentPath, file.name);
        const key = path.slice(source.length + 1);
        await clouds.putLog(key, await readFile(path));
        if (key.startsWith("2026/01/15/02/"))
          await clouds.putLog(
            key.replace("/02/", "/07/"),
            await readFile(path),
          );
      }
      const line = '{"log_type":"purchase","quantity":"many"}\n';
      await clouds.putLog("2026/01/15/03/logs.ndjson", Buffer.from(line));
      for (const hour of ["04", "05"])
        await clouds.putLog(
          `2026/01/15/${hour}/logs.ndjson`,
          Buffer.from(`{"log_type":"${quiet}"}\n`.repeat(10)),
        );
      await clouds.putLog("2026/01/15/07/logs.ndjson", Buffer.from(line));
      const long = `{"log_type":"page_view","text":"${"x".repeat(90_000_000)}"}\n`;
      await clouds.putLog("2026/01/15/06/logs.ndjson", Buffer.from(long));
    }

    /** The shop's, cut to a few types; in the pods by ConfigMaps, as the DAGs mount them. */
    async function writeCatalog(options: {
      classifyMemory: string;
      /** 1 where nothing is said. */
      classifyRetries?: number;
      /** Of the catalog's `airflow`. */
      airflow?: object;
    }): Promise<void> {
      const shop = parse(
        await readFile(join(root, "catalog.yaml"), "utf8"),
      ) as { types: Record<string, object> };
      const cut = types.map((type) => [
        type,
        { ...shop.types[type], resources: undefined },
      ]);
      const catalog = stringify({
        ...shop,
        airflow: {
          image: cluster.image,
          namespace: cluster.namespace,
          start_date: "2026-01-14T00:00:00Z",
          env_from: { secrets: ["sluice"] },
          mount: { catalog: "shop-catalog", schemas: "shop-schemas" },
          classify: {
            resources: { cpu: "500m", memory: options.classifyMemory },
            retries: options.classifyRetries ?? 1,
          },
          load: { resources: { cpu: "100m", memory: "128Mi" }, retries: 1 },
          ...options.airflow,
        },
        types: {
          ...(Object.fromEntries(cut) as object),
          [quiet]: { skip_empty: true },
        },
      });
      await writeFile(join(folder, "catalog.yaml"), catalog);
      const schemas: Record<string, string> = {
        [`${quiet}.json`]: '[{"name":"log_type","type":"STRING"}]',
      };
      for (const type of types)
        schemas[`${type}.json`] = await readFile(
          join(root, `schemas/tables/${type}.json`),
          "utf8",
        );
      await mkdir(join(folder, "schemas/tables"), { recursive: true });
      for (const [name, text] of Object.entries(schemas))
        await writeFile(join(folder, "schemas/tables", name), text);
      await applyConfigMap("shop-catalog", { "catalog.yaml": catalog });
      await applyConfigMap("shop-schemas", schemas);
      runSluice("generate");
    }

    const classification = (hour: string, run: string) => ({
      dag: "log_classification",
      run,
      date: `${hour}:05`,
    });
    const load = (type: string, hour: string, run: string) => ({
      dag: `load_${type}`,
      run,
      date: `${hour}:44`,
    });
    const listPods = (from: number): string[] =>
      [...record.pods.values()]
        .slice(from)
        .map(({ words, exitCode }) => `${words.join(" ")} = ${exitCode ?? "?"}`)
        .sort();

    it("classifies and loads three hours, each once, as the demo does on one machine", async () => {
      const before = record.pods.size;
      await airflow.play([
        ...hours.map((hour) => classification(hour, `good-${hour}`)),
        ...[...types, quiet].flatMap((type) =>
          hours.map((hour) => load(type, hour, `good-${hour}`)),
        ),
      ]);
      for (const hour of hours) {
        const states = await airflow.listTasks(`good-${hour}`);
        expect(
          states.map(({ task, state }) => `${task} ${state}`),
        ).to.have.members([
          "log_classification.classify success",
          ...types.flatMap((type) => [
            `load_${type}.wait success`,
            `load_${type}.load success`,
          ]),
          `load_${quiet}.wait success`,
          `load_${quiet}.load skipped`,
        ]);
      }
      expect(listPods(before)).to.deep.equal(
        [
          ...hours.map((hour) => `classify --hour ${hour} = 0`),
          ...hours.flatMap((hour) =>
            types.map((type) => `load --type ${type} --hour ${hour} = 0`),
          ),
          ...hours.map(
            (hour) => `load --type ${quiet} --hour ${hour} --skip-empty = 99`,
          ),
        ].sort(),
      );
      for (const type of types) {
        const local = await queryDuckDb(
          join(folder, ".sluice/demo/warehouse.duckdb"),
          `SELECT CAST(epoch(folder_hour) AS BIGINT)::VARCHAR AS hour, count(*)::VARCHAR AS rows FROM ${type} GROUP BY ALL ORDER BY 1`,
        );
        expect(local).to.have.length(hours.length);
        expect(
          await clouds.query(
            `SELECT UNIX_SECONDS(folder_hour), count(*) FROM ${type} GROUP BY 1 ORDER BY 1`,
          ),
          type,
        ).to.deep.equal(local.map((row) => [row["hour"], row["rows"]]));
      }
    });

    it("fails a load of rows that do not fit, with the misfits in the task's log", async () => {
      const before = record.pods.size;
      await airflow.play([
        classification(damagedHour, "misfit"),
        load("purchase", damagedHour, "misfit"),
      ]);
      const states = await airflow.listTasks("misfit");
      expect(states.map(({ task, state }) => `${task} ${state}`)).to.include(
        "load_purchase.load failed",
      );
      expect(listPods(before)).to.include(
        `load --type purchase --hour ${damagedHour} = 3`,
      );
      const log = await airflow.readLog("load_purchase", "misfit");
      expect(log).to.include("quantity");
      expect(log).to.include("many");
    });

    it("runs again a classifier whose pod was killed midway", async () => {
      const before = record.pods.size;
      clouds.holdS3(true);
      try {
        await airflow.trigger([classification(killedHour, "killed")]);
        const pod = await waitForRunningPod(before);
        await kubectl([
          ...["delete", "pod", pod, "-n", cluster.namespace],
          ...["--grace-period=0", "--force"],
        ]);
      } finally {
        clouds.holdS3(false);
      }
      await airflow.waitForRuns();
      await airflow.play([load(quiet, killedHour, "killed")]);
      const states = await airflow.listTasks("killed");
      expect(states.map(({ state }) => state)).to.deep.equal([
        "success",
        "success",
        "success",
      ]);
      expect(record.pods.size - before).to.equal(3);
      expect(await countRows(quiet, killedHour)).to.equal("10");
    });

    it("finishes what ran when the scheduler was killed, once another one is started", async () => {
      const before = record.pods.size;
      clouds.holdS3(true);
      try {
        await airflow.trigger([classification(orphanedHour, "orphaned")]);
        await waitForRunningPod(before);
        await airflow.run("kill_scheduler");
        await airflow.run("start_scheduler");
      } finally {
        clouds.holdS3(false);
      }
      await airflow.waitForRuns();
      await airflow.play([load(quiet, orphanedHour, "orphaned")]);
      const states = await airflow.listTasks("orphaned");
      expect(states.map(({ state }) => state)).to.deep.equal([
        "success",
        "success",
        "success",
      ]);
      expect(await countRows(quiet, orphanedHour)).to.equal("10");
      const classifiers = [...record.pods.values()].slice(before, -1);
      console.log(
        `      (${classifiers.length} pods classified the hour whose scheduler was killed)`,
      );
    });

    it("fails a classifier that lacks memory, in words", async () => {
      await writeCatalog({ classifyMemory: "96Mi", classifyRetries: 0 });
      await airflow.run('airflow_commands "dags reserialize"');
      const before = record.pods.size;
      await airflow.play([classification(bigHour, "too-small")]);
      const states = await airflow.listTasks("too-small");
      expect(states.map(({ state }) => state)).to.deep.equal(["failed"]);
      expect(listPods(before)).to.include(`classify --hour ${bigHour} = 5`);
      expect(await airflow.readLog("log_classification", "too-small")).to.match(
        /MiB (of memory that this container|that V8's heap) may/,
      );
    });

    it("loads in little memory", () => {
      const rows = [...record.pods.values()].flatMap((pod) => {
        const effort = watch.efforts.get(pod.uid);
        return effort === undefined || pod.exitCode !== 0
          ? []
          : [{ command: pod.words.join(" "), ...effort }];
      });
      console.log("      peak MiB  with files  CPU s  pod");
      for (const { command, peakKeptBytes, peakBytes, cpuSeconds } of rows)
        console.log(
          `      ${mebibytes(peakKeptBytes).padStart(8)}  ${mebibytes(peakBytes).padStart(10)}  ${cpuSeconds.toFixed(2).padStart(5)}  ${command}`,
        );
      const loads = rows.filter(({ command }) => command.startsWith("load"));
      expect(loads).to.not.be.empty;
      for (const { peakKeptBytes, command } of loads)
        expect(peakKeptBytes / 1024 ** 2, command).to.be.lessThan(118);
    });

    it("waits for sensors and pods in the triggerer, and brings the counts back", async () => {
      await writeCatalog({
        classifyMemory: "512Mi",
        airflow: { deferrable: true, xcom: true },
      });
      await airflow.run('airflow_commands "dags reserialize"');
      await airflow.run("start_triggerer");
      const before = record.pods.size;
      await airflow.play([
        classification(deferredHour, "deferred"),
        ...[...types, quiet].map((type) =>
          load(type, deferredHour, "deferred"),
        ),
      ]);
      const states = await airflow.listTasks("deferred");
      expect(
        states.map(({ task, state }) => `${task} ${state}`),
      ).to.have.members([
        "log_classification.classify success",
        "load_page_view.wait success",
        "load_page_view.load success",
        "load_purchase.wait success",
        "load_purchase.load failed",
        `load_${quiet}.wait success`,
        `load_${quiet}.load skipped`,
      ]);
      expect(listPods(before)).to.deep.equal([
        `classify --hour ${deferredHour} = 0`,
        `load --type page_view --hour ${deferredHour} = 0`,
        `load --type purchase --hour ${deferredHour} = 3`,
        `load --type ${quiet} --hour ${deferredHour} --skip-empty = 99`,
      ]);
      const log = await airflow.readLog("load_page_view", "deferred");
      expect(log.match(/as DEFERRED/g)).to.have.length(2);
      const results = await airflow.listResults("deferred");
      const rows = await countRows("page_view", deferredHour);
      expect(Object.keys(results)).to.deep.equal([
        "load_page_view.load",
        `load_${quiet}.load`,
        "log_classification.classify",
      ]);
      expect(results["load_page_view.load"]).to.deep.include({
        rows_loaded: Number(rows),
      });
      expect(results[`load_${quiet}.load`]).to.deep.include({ rows_loaded: 0 });
      expect(results["log_classification.classify"])
        .to.have.property("types")
        .that.includes({ page_view: Number(rows), [quiet]: 0 });
    });

    async function waitForRunningPod(from: number): Promise<string> {
      for (let look = 0; look < 600; look += 1) {
        const pod = [...record.pods.values()].slice(from).at(-1);
        if (pod?.phase === "Running") return pod.name;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(`no pod came to run; see ${airflow.home}`);
    }

    async function countRows(
      table: string,
      hour: string,
    ): Promise<string | undefined> {
      const rows = await clouds.query(
        `SELECT count(*) FROM ${table} WHERE folder_hour = TIMESTAMP '${hour.replace("T", " ")}:00:00+00:00'`,
      );
      return rows[0]?.[0];
    }
  });

function mebibytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(0);
}

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
