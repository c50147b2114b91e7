import type { AddCommand } from "./context.js";

const addShares: AddCommand = (yargs, context) =>
  yargs.command(
    "shares",
    "The columns whose shares of null, missing, 0 or empty moved between two days",
    (options) =>
      options
        .option("type", {
          type: "string",
          demandOption: true,
          requiresArg: true,
          describe:
            "Log type; its loads count where it has record_shares: true",
        })
        .option("day", {
          type: "string",
          demandOption: true,
          requiresArg: true,
          describe: "The UTC day, like 2026-11-21",
        })
        .option("against", {
          type: "string",
          requiresArg: true,
          describe: "The day it is compared with [default: a week before]",
        })
        .example(
          "$0 shares --type purchase --day 2026-11-21",
          "The largest change first; reads what the loads counted, and no rows",
        )
        .example(
          "$0 shares --type purchase --day 2026-11-21 --against 2026-11-20 --json",
          "With the counts of both days",
        ),
    async (args) => {
      const { addDays, parseDay } = await import("../shares/parse-day.js");
      const { findType } = await import("../catalog/find-type.js");
      const { shares } = await import("../../jobs/shares.js");
      const { formatShares } = await import("../shares/format-shares.js");
      const day = parseDay("--day", args.day);
      const against =
        args.against === undefined
          ? addDays(day, -7)
          : parseDay("--against", args.against);
      const catalog = await context.openCatalog(args, "without_schemas");
      const { name: type } = findType(catalog, args.type);
      const report = await context.withWarehouse(catalog, (warehouse) =>
        shares({ type, day, against }, { warehouse }),
      );
      context.finish(args, report, formatShares(report));
    },
  );

export const sharesCommands: readonly AddCommand[] = [addShares];
