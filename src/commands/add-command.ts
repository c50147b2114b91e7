import { UsageError } from "../errors.js";
import { parseFolderHour } from "../folder-hour.js";
import type { AddCommand } from "./context.js";
import { inferOptions, maskOption, readMask } from "./sample-options.js";

const addAdd: AddCommand = (yargs, context) =>
  yargs.command(
    "add [type]",
    "Add a log type from samples: schema file, catalog entry, schedule minute and DAG",
    (options) =>
      options
        .positional("type", {
          type: "string",
          describe:
            "Its name, as the lines have it; without one, types that were seen are offered",
        })
        .option("sample", {
          type: "string",
          array: true,
          requiresArg: true,
          describe:
            "NDJSON files, plain, gzip or zstd; lines of other types are left out",
        })
        .option("hour", {
          type: "string",
          requiresArg: true,
          describe: "A folder hour that has the type at the stage",
        })
        .conflicts("sample", "hour")
        .options(inferOptions)
        .option("mask", {
          ...maskOption,
          describe: `${maskOption.describe}; its entry gets the names`,
        })
        .option("owner", {
          type: "string",
          requiresArg: true,
          describe: "Of its entry",
        })
        .option("description", {
          type: "string",
          requiresArg: true,
          describe: "Of its entry",
        })
        .option("load", {
          choices: ["fast", "spread"] as const,
          describe: "Of its entry",
        })
        .example(
          "$0 add coupon_redeemed --hour 2026-11-21T03",
          "A type that the classifier met before the catalog did",
        )
        .example("$0 add refund --sample refunds.ndjson", "From a file")
        .example(
          "$0 add signup --sample signups.ndjson --mask email",
          "No message shows the column, now or later",
        )
        .example("$0 add", "Lists the types that were seen and have no entry"),
    async (args) => {
      const { type, sample = [], hour } = args;
      if (type !== undefined && sample.length === 0 && hour === undefined)
        throw new UsageError(
          "there are no rows to look at: name --sample FILE, or --hour H",
        );
      const { add } = await import("../../jobs/add.js");
      const { openSample } = await import("./open-sample.js");
      const { describeAdded } = await import("../add/describe-added.js");
      const { quoted, times, required, owner, description, load } = args;
      const result = await add(
        {
          catalogFile: args.catalog,
          overrides: context.overrides(args),
          type: type ?? null,
          hour: hour === undefined ? null : parseFolderHour(hour),
          quoted,
          times,
          required,
          mask: readMask(args.mask),
          entry: {
            ...(description !== undefined && { description }),
            ...(owner !== undefined && { owner }),
            ...(load !== undefined && { load }),
          },
        },
        {
          samples: sample.map((name) => ({
            name,
            open: () => openSample(name),
          })),
          openStage: (catalog) => context.openStage(catalog),
          clock: () => new Date(),
        },
      );
      context.finish(args, result, describeAdded(result, args.catalog, hour));
    },
  );

export const addCommands: readonly AddCommand[] = [addAdd];
