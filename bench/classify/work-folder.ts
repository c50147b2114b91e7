import { existsSync, mkdtempSync, statfsSync } from "node:fs";
import { freemem, tmpdir } from "node:os";
import { join } from "node:path";

const sharedMemory = "/dev/shm";

/**
 * Makes a folder with room for so many bytes. In memory where that leaves half of it free: a disk's writing back would be charged to
 * whoever runs then.
 */
export function makeWorkFolder(roomBytes: number): string {
  const fits =
    existsSync(sharedMemory) &&
    freeBytes(sharedMemory) > roomBytes &&
    freemem() > 2 * roomBytes;
  const parent = fits ? sharedMemory : tmpdir();
  const free = freeBytes(parent);
  if (free < roomBytes)
    throw new Error(
      `${parent}: ${formatGb(free)} are free, but ${formatGb(roomBytes)} are needed; make room, set TMPDIR, or take a smaller --mb`,
    );
  return mkdtempSync(join(parent, "sluice-bench-"));
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function formatGb(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
