import { countOf } from "../count-of.js";
import { exitCodes } from "../errors.js";
import { hoursBetween, parseFolderHour } from "../folder-hour.js";
import { splitNames } from "./split-names.js";
import { classifyCommands } from "./classify-commands.js";
import type { AddCommand } from "./context.js";
import { repeatOptions } from "./repeat-options.js";
import { readSplitOptions, splitOptions } from "./split-options.js";
import { hourOption } from "./hour-option.js";

const fromOption = { ...hourOption, describe: "First folder hour" } as const;
const toOption = {
  ...hourOption,
  describe: "Last folder hour, included",
} as const;
const typesOption = {
  type: "string",
  requiresArg: true,
  describe:
    "Only these log types, like purchase,refund; the others of these hours are one classification behind then",
} as const;
const now = () => new Date();

const addLoad: AddCommand = (yargs, context) =>
  yargs.command(
    "load",
    "Load one type's classified hour into its table, in place of what it held",
    (options) =>
      options
        .option("type", {
          type: "string",
          demandOption: true,
          requiresArg: true,
          describe: "The log type",
        })
        .option("hour", hourOption)
        .option("skip-empty", {
          type: "boolean",
          default: false,
          describe: `Exit ${exitCodes.skippedEmpty} after an hour without rows`,
        })
        .example(
          "$0 load --type purchase --hour 2026-11-21T03",
          "Replaces that hour of the table",
        ),
    async (args) => {
      const { isEmptyLoad, load } = await import("../../jobs/load.js");
      const hour = parseFolderHour(args.hour);
      // The job reads the one schema file that it needs; the others may be wrong, or many.
      const catalog = await context.openCatalog(args, "without_schemas");
      const result = await context.withWarehouse(catalog, async (warehouse) =>
        load(
          {
            catalog,
            type: args.type,
            hour,
            dagCatalogHash: context.dagCatalogHash,
          },
          {
            stage: await context.openStage(catalog),
            warehouse,
            clock: now,
            log: await context.openLog(),
          },
        ),
      );
      const words =
        result.outcome === "superseded"
          ? `${result.type} ${hour}: seq ${result.seq} is superseded by a newer classification, which is loaded already; table ${result.table} is left as it is`
          : `${result.type} ${hour}: ${countOf(result.rows_loaded, "row")} in table ${result.table}, seq ${result.seq}${result.quarantine === null ? "" : `; ${result.rows_set_aside} set aside in ${result.quarantine}`}`;
      context.finish(args, result, words);
      if (args.skipEmpty && isEmptyLoad(result))
        process.exitCode = exitCodes.skippedEmpty;
    },
  );

const addRun: AddCommand = (yargs, context) =>
  yargs.command(
    "run",
    "Classify and load a range of hours, without Airflow",
    (options) =>
      options
        .option("from", fromOption)
        .option("to", toOption)
        .option("types", typesOption)
        .options(splitOptions)
        .example(
          "$0 run --from 2026-11-21T00 --to 2026-11-21T23",
          "A whole day",
        ),
    async (args) => {
      const { run } = await import("../../jobs/run.js");
      const { chooseExitCode } = await import("../run/run-hours.js");
      const hours = hoursBetween(
        parseFolderHour(args.from),
        parseFolderHour(args.to),
      );
      const types = splitNames(args.types);
      const limits = readSplitOptions(args);
      const catalog = await context.openCatalog(args);
      const progress = await context.startProgress(
        hours.length * (1 + (types?.length ?? catalog.types.size)),
      );
      const result = await context
        .withWarehouse(catalog, async (warehouse) =>
          run(
            {
              catalog,
              hours,
              types,
              spoolDirectory: context.spoolDirectory,
              limits,
              onStep: progress.step,
            },
            {
              source: await context.openSource(catalog),
              stage: await context.openStage(catalog),
              startSplitThread: context.startSplitThread,
              warehouse,
              clock: now,
              log: await context.openLog(),
            },
          ),
        )
        .finally(progress.stop);
      const rows = result.loaded.reduce(
        (sum, load) => sum + load.rows_loaded,
        0,
      );
      const setAside = result.loaded.filter(
        ({ rows_set_aside }) => rows_set_aside > 0,
      );
      const lines = [
        `${result.classified.length} of ${hours.length} hours classified, ${countOf(result.loaded.length, "load")}, ${countOf(rows, "row")}${result.superseded === 0 ? "" : `, ${result.superseded} of the loads superseded`}`,
        ...result.loaded
          .filter(({ outcome }) => outcome === "superseded")
          .map(
            ({ hour, type, seq }) =>
              `superseded: ${hour} ${type}: seq ${seq} gives way to a newer classification, which is loaded already`,
          ),
        ...setAside.map(
          ({ hour, type, rows_set_aside, quarantine }) =>
            `set aside: ${hour} ${type}: ${countOf(rows_set_aside, "row")} in ${quarantine ?? ""}`,
        ),
        ...result.failures.map(
          ({ hour, type, message }) =>
            `failed: ${hour} ${type ?? "classify"}: ${message}`,
        ),
      ];
      context.finish(args, result, lines.join("\n"));
      if (result.failures.length > 0) {
        process.stderr.write(
          `sluice: ${countOf(result.failures.length, "step")} failed\n`,
        );
        process.exitCode = chooseExitCode(result.failures);
      }
    },
  );

const addStatus: AddCommand = (yargs, context) =>
  yargs.command(
    "status",
    "Hours by types: not done, empty, staged, loaded, differing, and where rows were lost",
    (options) =>
      options
        .option("from", fromOption)
        .option("to", toOption)
        .option("losses", {
          type: "boolean",
          default: true,
          describe:
            "Say where rows were lost, beside the hours' usual; --no-losses needs no source, and reads less",
        })
        .example(
          "$0 status --from 2026-11-21T00 --to 2026-11-21T05",
          "Six hours, side by side",
        ),
    async (args) => {
      const { status } = await import("../../jobs/status.js");
      const { formatDiffering, formatStates } =
        await import("../terminal/tables.js");
      const { formatLosses } = await import("../terminal/format-losses.js");
      const range = {
        from: parseFolderHour(args.from),
        to: parseFolderHour(args.to),
      };
      const catalog = await context.openCatalog(args);
      const hours = await context.withWarehouse(catalog, async (warehouse) =>
        status(
          { catalog, ...range },
          {
            source: args.losses ? await context.openSource(catalog) : null,
            stage: await context.openStage(catalog),
            warehouse,
            clock: now,
            log: await context.openLog(),
          },
        ),
      );
      context.finish(
        args,
        {
          hours: hours.map(({ hour, types, losses }) => ({
            hour,
            types,
            losses,
          })),
        },
        [
          formatStates(hours),
          formatLosses(hours),
          formatDiffering(hours, [
            ...repeatOptions(args),
            ...(args.warehouse === undefined
              ? []
              : ["--warehouse", args.warehouse]),
          ]),
        ]
          .filter(Boolean)
          .join("\n\n"),
      );
    },
  );

export const hourCommands: readonly AddCommand[] = [
  ...classifyCommands,
  addLoad,
  addRun,
  addStatus,
];
