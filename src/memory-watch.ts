import v8 from "node:v8";
import { runInNewContext } from "node:vm";
import { MemoryLimitError } from "./errors.js";
import type { MemoryLimit } from "./memory-limit.js";

const intervalMs = 50;

/** From this share of a limit on, garbage is collected, which Node may put off for longer than a small pod lasts. */
const collectShare = 0.8;

/** What must be left free between two looks: above it, only the kernel or V8 would be quicker. */
const containerStopShare = 0.92;
const heapStopShare = 0.85;

/** Of the limit: so much more must be taken before garbage is collected again. */
const growthShare = 0.04;

interface Budget {
  readonly limitBytes: number;
  readonly stopShare: number;
  /** May tell less than is used, where that is below `atLeastBytes`. */
  readonly readUsedBytes: (atLeastBytes: number) => number;
  readonly describe: (usedBytes: number) => string;
}

/**
 * Looks at the memory of this process, and calls `giveUp` once where a limit is almost reached and garbage collection does
 * not help. The kernel ends a process beyond its limit, and V8 one beyond the heap's, without a word that an operator understands.
 * It is no promise: between two looks, a single step may still take more than is left.
 */
export function watchMemory(
  limit: MemoryLimit,
  giveUp: (error: MemoryLimitError) => void,
): void {
  const look = createMemoryLook(limit);
  const timer = setInterval(() => {
    const error = look();
    if (error === null) return;
    clearInterval(timer);
    giveUp(error);
  }, intervalMs);
  timer.unref();
}

/** One look at a time: the error where too little is left, else null. */
export function createMemoryLook(
  limit: MemoryLimit,
  collect = collectGarbage,
): () => MemoryLimitError | null {
  const budgets = [containerBudget(limit), heapBudget()];
  const collectedAt = new Map<Budget, number>();
  return () => {
    for (const budget of budgets) {
      const { limitBytes, stopShare, readUsedBytes } = budget;
      const collectBytes = limitBytes * collectShare;
      let used = readUsedBytes(collectBytes);
      if (used < collectBytes) continue;
      const last = collectedAt.get(budget) ?? 0;
      if (Math.abs(used - last) > limitBytes * growthShare) {
        collect();
        used = readUsedBytes(collectBytes);
        collectedAt.set(budget, used);
      }
      if (used >= limitBytes * stopShare)
        return new MemoryLimitError(budget.describe(used));
    }
    return null;
  };
}

function containerBudget({
  limitBytes,
  file,
  readUsedBytes,
}: MemoryLimit): Budget {
  return {
    limitBytes,
    stopShare: containerStopShare,
    readUsedBytes,
    describe: (usedBytes) =>
      `${mebibytes(usedBytes)} of the ${mebibytes(limitBytes)} MiB of memory that this container may take are in use (${file}), ` +
      `so the work was stopped before the kernel would end it; ${whatToDo}`,
  };
}

function heapBudget(): Budget {
  const limitBytes = v8.getHeapStatistics().heap_size_limit;
  return {
    limitBytes,
    stopShare: heapStopShare,
    readUsedBytes: () => v8.getHeapStatistics().used_heap_size,
    describe: (usedBytes) =>
      `${mebibytes(usedBytes)} of the ${mebibytes(limitBytes)} MiB that V8's heap may hold are in use (in the image, half of the container's ` +
      `memory limit, by NODE_OPTIONS), so the work was stopped before V8 would end it; ${whatToDo}`,
  };
}

const whatToDo =
  "give the pod more memory (resources.memory of airflow.classify, airflow.load or the type in the catalog, then sluice generate), " +
  "or classify with fewer --workers; nothing is lost, the same command does the work again";

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1024 ** 2);
}

let collector: (() => void) | null = null;

/** Node has no other way to ask for it without an option at its start. */
function collectGarbage(): void {
  if (collector === null) {
    v8.setFlagsFromString("--expose-gc");
    collector = runInNewContext("gc") as () => void;
  }
  collector();
}
