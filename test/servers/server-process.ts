import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface ServerProcess {
  stop: () => Promise<void>;
}

interface ServerCommand {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly environment?: NodeJS.ProcessEnv;
  /** Its log is kept in here; removed when it stops. */
  readonly folder: string;
  /** Any HTTP answer from here says that it is up. */
  readonly readyUrl: string;
}

const startTimeoutMs = 60_000;

/**
 * The pipe of standard input ends when the test process does, be it by SIGKILL; then the guard kills the group.
 * Closing its output lets go of the log, so that a server's death is seen at once.
 */
const withGuard =
  'exec 3<&0; { cat <&3; kill -9 0; } >/dev/null 2>&1 & exec "$@" 3<&- </dev/null';

export async function makeServerFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `sluice-${name}-`));
}

/** Free at the time of asking, on 127.0.0.1. */
export async function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === "object")
          resolve(address.port);
        else reject(new Error("no port was given"));
      });
    });
  });
}

/** Resolves when the server answers. Throws, with its log, where it ends before. */
export async function startServerProcess(
  server: ServerCommand,
): Promise<ServerProcess> {
  const { name, folder, readyUrl } = server;
  const logFile = join(folder, `${name}.log`);
  const log = openSync(logFile, "w");
  const child = spawn("sh", ["-c", withGuard, "sh", ...server.command], {
    detached: true,
    env: { ...process.env, ...server.environment },
    stdio: ["pipe", log, log],
  });
  closeSync(log);
  const state: { end?: string } = {};
  const ended = new Promise<void>((resolve) => {
    child.on("error", (error) => {
      state.end = error.message;
      resolve();
    });
    child.on("exit", (code, signal) => {
      state.end = `exit ${signal ?? String(code)}`;
      resolve();
    });
  });
  const { stdin } = child;
  if (!(stdin instanceof Socket)) throw new Error("stdin is no pipe");
  stdin.on("error", () => undefined);

  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once("exit", kill);
  const stop = async () => {
    process.removeListener("exit", kill);
    kill();
    await ended;
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };

  const deadline = Date.now() + startTimeoutMs;
  while (!(await answers(readyUrl))) {
    if (state.end === undefined && Date.now() < deadline) {
      await sleep(50);
      continue;
    }
    const text = readFileSync(logFile, "utf8").slice(-4_000);
    const how = state.end ?? `no answer within ${startTimeoutMs} ms`;
    await stop();
    throw new Error(`${name} did not start: ${how}\n${text}`);
  }
  child.unref();
  stdin.unref();
  return { stop };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
