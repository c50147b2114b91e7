import { UsageError } from "../errors.js";
import {
  addHours,
  hoursBetween,
  parseFolderHour,
  toFolderHour,
  type FolderHour,
} from "../folder-hour.js";

/**
 * The hours of `--last 48h`, or from `--from` to `--to`. The newest of `--last` ended an hour ago at least: the one after
 * it is still its own jobs' to do. Throws UsageError.
 */
export function chooseHours(
  args: {
    readonly last: string | undefined;
    readonly from: string | undefined;
    readonly to: string | undefined;
  },
  now: Date,
): FolderHour[] {
  const { last, from, to } = args;
  if (last !== undefined && from === undefined && to === undefined) {
    const newest = addHours(toFolderHour(now), -2);
    return hoursBetween(
      addHours(newest, 1 - parseHours("--last", last)),
      newest,
    );
  }
  if (last === undefined && from !== undefined && to !== undefined)
    return hoursBetween(parseFolderHour(from), parseFolderHour(to));
  throw new UsageError(
    "reconcile takes --last, like 48h, or --from and --to; expected one of both",
  );
}

const mostHours = 24 * 366;

/** Reads `48h` or `2d`. Throws UsageError. */
export function parseHours(option: string, text: string): number {
  const [, count, unit] = /^(\d{1,5})(h|d)$/.exec(text) ?? [];
  const hours = Number(count) * (unit === "d" ? 24 : 1);
  const fewest = option === "--last" ? 1 : 0;
  if (hours >= fewest && hours <= mostHours) return hours;
  throw new UsageError(
    `${option} ${text}: expected hours or days from ${fewest}h to ${mostHours / 24}d, like 48h or 2d`,
  );
}
