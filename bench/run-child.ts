import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const python = process.env["SLUICE_PYTHON"] ?? "python3";
const runner = join(import.meta.dirname, "run_child.py");

export interface ChildRun {
  /** User and system time, of its own children too. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** Of the largest process. */
  readonly peakRssBytes: number;
  readonly stdout: string;
}

let running: ChildProcess | undefined;

/**
 * Runs a program to its end. Throws where it fails, with what it said last.
 * @param folder For the files that this makes, and overwrites.
 */
export async function runChild(
  command: readonly string[],
  folder: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<ChildRun> {
  const resultFile = join(folder, "usage.json");
  const outputFile = join(folder, "stdout");
  const errorFile = join(folder, "stderr");
  const output = openSync(outputFile, "w");
  const errors = openSync(errorFile, "w");
  const words = command.slice(0, 3).join(" ");
  const told = () => readFileSync(errorFile, "utf8").trim().slice(-1000);
  try {
    // In a process group of its own, so that stopChild reaches what it starts.
    running = spawn(python, [runner, resultFile, ...command], {
      stdio: ["ignore", output, errors],
      env: { ...process.env, ...variables },
      detached: true,
    });
    const [status] = (await once(running, "close")) as [number | null];
    if (status !== 0) throw new Error(`${words}: could not be run:\n${told()}`);
  } finally {
    running = undefined;
    closeSync(output);
    closeSync(errors);
  }
  const usage = JSON.parse(readFileSync(resultFile, "utf8")) as {
    cpu_s: number;
    wall_s: number;
    peak_rss_bytes: number;
    status: number;
  };
  if (usage.status !== 0)
    throw new Error(`${words}: ended with ${usage.status}:\n${told()}`);
  return {
    cpuSeconds: usage.cpu_s,
    wallSeconds: usage.wall_s,
    peakRssBytes: usage.peak_rss_bytes,
    stdout: readFileSync(outputFile, "utf8"),
  };
}

/** Ends what runs now, and all that it started. */
export function stopChild(): void {
  if (running?.pid !== undefined) process.kill(-running.pid, "SIGKILL");
}
