import { UsageError } from "../errors.js";
import { readCpuLimit } from "../cpu-limit.js";

/** Options of every command that splits logs. */
export const splitOptions = {
  workers: {
    type: "string",
    requiresArg: true,
    describe:
      "Threads that split objects at once; by default as many as the pod's CPU limit, or this machine, allows",
  },
  buffer: {
    type: "string",
    requiresArg: true,
    default: "64Mi",
    describe: "Memory for lines on their way, of all threads together",
  },
  "part-size": {
    type: "string",
    requiresArg: true,
    default: "1Gi",
    describe: "Size at which a type's file ends and the next one begins",
  },
} as const;

export interface SplitSettings {
  readonly workers: number;
  readonly bufferBytes: number;
  readonly partSizeBytes: number;
}

const mebibyte = 1024 ** 2;

/** Throws UsageError where a number or a size is none, or out of its range. */
export function readSplitOptions(args: {
  readonly workers: string | undefined;
  readonly buffer: string;
  readonly partSize: string;
}): SplitSettings {
  return {
    workers:
      args.workers === undefined ? readCpuLimit() : readWorkers(args.workers),
    bufferBytes: readSize(
      "--buffer",
      args.buffer,
      4 * mebibyte,
      1024 * mebibyte,
    ),
    // BigQuery takes a file of 4 GB when it is compressed: https://cloud.google.com/bigquery/quotas#load_jobs
    partSizeBytes: readSize(
      "--part-size",
      args.partSize,
      mebibyte,
      3800 * mebibyte,
    ),
  };
}

function readWorkers(text: string): number {
  const workers = /^\d+$/.test(text) ? Number(text) : 0;
  if (workers >= 1 && workers <= 256) return workers;
  throw new UsageError(
    `--workers ${text}: expected a whole number from 1 to 256`,
  );
}

/** A size as Kubernetes writes it, such as 64Mi. */
function readSize(
  option: string,
  text: string,
  fewest: number,
  most: number,
): number {
  const match = /^(\d+)(Ki|Mi|Gi)?$/.exec(text);
  const factors = { Ki: 1024, Mi: mebibyte, Gi: 1024 * mebibyte };
  const unit = match?.[2] as keyof typeof factors | undefined;
  const bytes =
    match === null
      ? NaN
      : Number(match[1]) * (unit === undefined ? 1 : factors[unit]);
  if (bytes >= fewest && bytes <= most) return bytes;
  throw new UsageError(
    `${option} ${text}: expected a size from ${fewest / mebibyte}Mi to ${most / mebibyte}Mi, such as 64Mi`,
  );
}
