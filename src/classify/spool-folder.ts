import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { spoolError } from "./spool-error.js";

/** The processes of another host, or container, can't be asked whether they live; a classification never takes a day. */
const foreignMs = 24 * 3_600_000;

const active = new Set<string>();

/** Where a process id means one process: a host, and a container of it. */
export const processPlace = `${hostname()}${pidNamespace()}`;

/** Makes the run's own folder below `spoolDir`, after removing those of killed runs. */
export async function openSpoolFolder(
  spoolDir: string,
  run: string,
): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const name = `classify-${process.pid}-${run}@${processPlace}`;
  active.add(name);
  const path = join(spoolDir, name);
  try {
    await mkdir(path, { recursive: true });
    for (const entry of await readdir(spoolDir)) {
      if (await isAbandoned(spoolDir, entry))
        await rm(join(spoolDir, entry), { recursive: true, force: true });
    }
  } catch (error) {
    active.delete(name);
    throw spoolError(spoolDir, error);
  }
  return {
    path,
    async remove() {
      active.delete(name);
      await rm(path, { recursive: true, force: true });
    },
  };
}

async function isAbandoned(spoolDir: string, name: string): Promise<boolean> {
  const match = /^classify-(\d+)-[^@]*@(.*)$/s.exec(name);
  if (match === null || active.has(name)) return false;
  if (match[2] !== processPlace) {
    const stats = await stat(join(spoolDir, name)).catch(() => null);
    return stats !== null && Date.now() - stats.mtimeMs > foreignMs;
  }
  const pid = Number(match[1]);
  return pid === process.pid || !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Like `.4026531836`; empty where there are none. */
function pidNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid").replace(/^pid:\[(\d+)\]$/, ".$1");
  } catch {
    return "";
  }
}
