import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Tally } from "./tally.js";

/** What a job came to. */
export interface JobEnd {
  readonly words: readonly string[];
  /** Null: killed. */
  readonly exitCode: number | null;
  /** The result that it printed, if there is one. */
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly log: string;
  readonly startedMs: number;
  readonly endedMs: number;
}

/** A process that is killed after so long, or stopped for a while as a pod on a frozen node is. */
export interface JobFate {
  readonly killAfterMs?: number;
  /** Arms a kill at one of its requests, before it starts; what it has in its environment for that. */
  readonly aimKill?: (
    kill: () => void,
  ) => Promise<Readonly<Record<string, string>>> | null;
  readonly freezeAfterMs?: number;
  readonly freezeWhen?: Promise<void> | null;
  /** Asked when the process stands still; it goes on when this is over. */
  readonly thaw?: () => Promise<unknown>;
}

export type RunJob = (
  words: readonly string[],
  fate?: JobFate,
) => Promise<JobEnd>;

/** A job that takes longer hangs, which is a failure of its own. */
const jobLimitMs = 180_000;

/** @param program Folder that holds package.json and dist. */
export function createRunJob(
  program: string,
  catalog: string,
  variables: Readonly<Record<string, string>>,
  tally: Tally,
): RunJob {
  return async (words, fate = {}) => {
    const own = await fate.aimKill?.(() => child.kill("SIGKILL"));
    const startedMs = Date.now();
    const child = spawn(
      process.execPath,
      [
        join(program, "dist/src/main.js"),
        ...words,
        "--json",
        "--catalog",
        catalog,
      ],
      {
        env: { PATH: process.env["PATH"], ...variables, ...own },
        cwd: program,
      },
    );
    let output = "";
    let log = "";
    child.stdout.on("data", (block: Buffer) => (output += block.toString()));
    child.stderr.on("data", (block: Buffer) => (log += block.toString()));
    const over = new AbortController();
    const state = { hung: false };
    const later = (delayMs: number, work: () => void) => {
      sleep(delayMs, null, { signal: over.signal }).then(work, () => undefined);
    };
    if (fate.killAfterMs !== undefined)
      later(fate.killAfterMs, () => child.kill("SIGKILL"));
    const freeze = () => {
      tally.count("frozen jobs");
      child.kill("SIGSTOP");
      void (fate.thaw?.() ?? Promise.resolve()).finally(() =>
        child.kill("SIGCONT"),
      );
    };
    if (fate.freezeAfterMs !== undefined) later(fate.freezeAfterMs, freeze);
    void fate.freezeWhen?.then(freeze);
    later(jobLimitMs, () => {
      state.hung = true;
      child.kill("SIGKILL");
    });
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        resolve(code);
      });
    });
    over.abort();
    const command = words[0] ?? "";
    tally.count(`jobs: ${command}`);
    if (state.hung)
      throw new Error(
        `sluice ${words.join(" ")} hung for ${jobLimitMs} ms:\n${log}`,
      );
    if (exitCode === null) tally.count("kills");
    else if (exitCode !== 0) tally.count(`exit codes: ${exitCode}`);
    return {
      words,
      exitCode,
      result: parseResult(output),
      log,
      startedMs,
      endedMs: Date.now(),
    };
  };
}

function parseResult(output: string): JobEnd["result"] {
  try {
    return JSON.parse(output) as Record<string, unknown>;
  } catch {
    return null;
  }
}
