import { UsageError } from "../errors.js";

/** Columns whose values are not shown, for the commands that show some. */
export const maskOption = {
  type: "string",
  requiresArg: true,
  describe:
    "Columns whose values are not shown, such as email,customer.phone; '*' for all",
} as const;

/** Throws UsageError on what can be no column's path, and would hide nothing. */
export function readMask(option: string | undefined): readonly string[] {
  if (option === undefined) return [];
  const mask = option.split(",").map((column) => column.trim());
  const odd = mask.find(
    (path) => path !== "*" && !/^[^.*;\s]+(?:\.[^.*;\s]+)*$/.test(path),
  );
  if (odd === undefined) return [...new Set(mask)];
  throw new UsageError(
    `--mask: ${JSON.stringify(odd)} is no column's path: expected columns with commas between, such as email,customer.phone, or '*' for all; a column hides what is below it too`,
  );
}

/** How samples are read, for `schema infer` and `add`. */
export const inferOptions = {
  quoted: {
    choices: ["string", "infer"] as const,
    default: "string" as const,
    describe: "Whether quoted numbers count as strings or numbers",
  },
  times: {
    choices: ["string", "infer"] as const,
    default: "infer" as const,
    describe:
      "Whether texts that are dates and times become DATE, TIME, DATETIME, TIMESTAMP",
  },
  required: {
    type: "boolean",
    default: false,
    describe: "Make REQUIRED what every row has, and never as null",
  },
} as const;

/** Either files or an hour of a type. Throws UsageError on both or neither. */
export function checkRowSource(
  files: readonly string[],
  hour: string | undefined,
  type: string | undefined,
): void {
  if (files.length > 0 && hour !== undefined)
    throw new UsageError(
      "found files and --hour: expected one of them, the rows come from either",
    );
  if (files.length === 0 && hour === undefined)
    throw new UsageError(
      "there are no rows to look at: name NDJSON files, or --type T --hour H",
    );
  if (hour !== undefined && type === undefined)
    throw new UsageError(
      "--hour needs --type: an hour's rows are staged by type",
    );
}
