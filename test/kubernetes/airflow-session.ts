import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cluster } from "./cluster.js";

export interface TaskState {
  readonly run: string;
  readonly task: string;
  readonly state: string;
}

export interface AirflowSession {
  readonly home: string;
  /** One line for airflow-session; what it printed. Throws where it fails. */
  run: (line: string) => Promise<string>;
  /** Triggers runs and waits until all runs have ended. */
  play: (runs: readonly PlayedRun[]) => Promise<void>;
  trigger: (runs: readonly PlayedRun[]) => Promise<void>;
  waitForRuns: () => Promise<void>;
  /** Tasks of the runs of that id. */
  listTasks: (run: string) => Promise<TaskState[]>;
  /** What the tasks of the runs of that id brought back, by DAG and task. */
  listResults: (run: string) => Promise<Record<string, unknown>>;
  /** What all attempts of one task logged. */
  readLog: (dag: string, run: string) => Promise<string>;
  stop: () => Promise<void>;
}

export interface PlayedRun {
  readonly dag: string;
  readonly run: string;
  /** Logical date, like 2026-01-15T00:05. */
  readonly date: string;
}

const program = fileURLToPath(new URL("./airflow-session", import.meta.url));

/** A real Airflow whose pods run in the cluster; nothing tells the DAG files so but the environment. */
export async function startAirflow(
  version: "2" | "3",
  dagFolder: string,
): Promise<AirflowSession> {
  const home = await mkdtemp(join(tmpdir(), `sluice-airflow${version}-`));
  const child = spawn(program, [version, home, dagFolder], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, KUBECONFIG: cluster.airflowConfig },
  });
  let output = "";
  let errors = "";
  let wake: () => void = () => undefined;
  child.stdout.on("data", (data: Buffer) => {
    output += data.toString();
    wake();
  });
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => {
    child.on("close", () => {
      hasEnded = true;
      wake();
      resolve();
    });
  });
  const run = async (line: string): Promise<string> => {
    output = "";
    child.stdin.write(`${line}\n`);
    for (;;) {
      const match = /^@@ (\d+)\n$/m.exec(output);
      if (match?.[1] === "0") return output.slice(0, match.index);
      if (match !== null || hasEnded)
        throw new Error(`airflow-session: ${line}\n${errors}\nsee ${home}`);
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  const trigger = async (runs: readonly PlayedRun[]): Promise<void> => {
    const commands = runs.map(
      ({ dag, run: id, date }) => `"$(trigger ${dag} ${id} ${date}:00+00:00)"`,
    );
    await run(`airflow_commands ${commands.join(" ")}`);
  };
  const waitForRuns = async (): Promise<void> => {
    await run("wait_for_runs 900");
  };
  await run("start_airflow");
  await run('airflow_commands "dags reserialize"');
  await run("start_scheduler");
  return {
    home,
    run,
    trigger,
    waitForRuns,
    play: async (runs) => {
      await trigger(runs);
      await waitForRuns();
    },
    listTasks: async (id) => {
      const rows = (await run("print_tasks")).trim().split("\n");
      return rows
        .map((row) => row.split("\t"))
        .filter(([, found]) => found === id)
        .map(([dag = "", found = "", task = "", state = ""]) => ({
          run: found,
          task: `${dag}.${task}`,
          state,
        }));
    },
    listResults: async (id) => {
      const rows = (await run("print_results")).trim().split("\n");
      return Object.fromEntries(
        rows
          .map((row) => row.split("\t"))
          .filter(([, found]) => found === id)
          .map(([dag = "", , task = "", value = ""]) => {
            const result: unknown = JSON.parse(value);
            return [
              `${dag}.${task}`,
              typeof result === "string" ? JSON.parse(result) : result,
            ];
          }),
      );
    },
    readLog: async (dag, id) => {
      const folder = join(home, "logs", `dag_id=${dag}`, `run_id=${id}`);
      const files = await readdir(folder, { recursive: true });
      const texts = await Promise.all(
        files
          .filter((file) => file.endsWith(".log"))
          .map((file) => readFile(join(folder, file), "utf8")),
      );
      return texts.join("\n");
    },
    stop: async () => {
      child.stdin.end();
      await ended;
      if (process.env["KEEP_AIRFLOW"] === undefined)
        await rm(home, { recursive: true });
    },
  };
}
