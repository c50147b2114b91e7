import { exitCodes } from "../errors.js";
import { hoursBetween, parseFolderHour } from "../folder-hour.js";
import { chooseExitCode } from "../run/run-hours.js";
import { splitNames } from "../run/choose-types.js";
import { formatPairs, formatStates } from "../terminal/tables.js";
import type { AddCommand } from "./context.js";

const hourOption = {
  type: "string",
  demandOption: true,
  requiresArg: true,
  describe: "The folder hour, in UTC, like 2026-11-21T03",
} as const;
const fromOption = { ...hourOption, describe: "First folder hour" } as const;
const toOption = {
  ...hourOption,
  describe: "Last folder hour, included",
} as const;
const typesOption = {
  type: "string",
  requiresArg: true,
  describe: "Only these log types, like purchase,refund",
} as const;
const now = () => new Date();

const addClassify: AddCommand = (yargs, context) =>
  yargs.command(
    "classify",
    "Split one hour of mixed logs by their type, and commit it",
    (options) =>
      options
        .option("hour", hourOption)
        .example(
          "$0 classify --hour 2026-11-21T03",
          "Again is as good as once",
        ),
    async (args) => {
      const { classify } = await import("../../jobs/classify.js");
      const hour = parseFolderHour(args.hour);
      const catalog = await context.openCatalog(args);
      const result = await classify(
        {
          catalog,
          hour,
          now,
          spoolDir: context.spoolDirectory,
          log: context.log,
        },
        {
          source: context.openSource(catalog),
          stage: context.openStage(catalog),
        },
      );
      const counts = Object.entries(result.types).filter(
        ([, rows]) => rows > 0,
      );
      const pairs = [
        ...counts.map(([type, rows]): [string, string] => [type, String(rows)]),
        ...Object.entries(result.set_aside.reasons).map(
          ([reason, rows]): [string, string] => [
            `set aside: ${reason}`,
            String(rows),
          ],
        ),
        ["blank", String(result.blank)] as const,
        ["lines", String(result.lines)] as const,
      ];
      context.finish(
        args,
        result,
        `${hour} classified, seq ${result.seq}\n${formatPairs(pairs)}`,
      );
    },
  );

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
      const catalog = await context.openCatalog(args);
      const result = await context.withWarehouse(catalog, (warehouse) =>
        load(
          { catalog, type: args.type, hour },
          {
            stage: context.openStage(catalog),
            warehouse,
            clock: now,
            log: context.log,
          },
        ),
      );
      const words =
        result.outcome === "superseded"
          ? `${result.type} ${hour}: a newer classification is loaded already; table ${result.table} is left as it is`
          : `${result.type} ${hour}: ${result.rows_loaded} rows in table ${result.table}, seq ${result.seq}`;
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
        .example(
          "$0 run --from 2026-11-21T00 --to 2026-11-21T23",
          "A whole day",
        ),
    async (args) => {
      const { run } = await import("../../jobs/run.js");
      const hours = hoursBetween(
        parseFolderHour(args.from),
        parseFolderHour(args.to),
      );
      const types = splitNames(args.types);
      const catalog = await context.openCatalog(args);
      const progress = context.startProgress(
        hours.length * (1 + (types?.length ?? catalog.types.size)),
      );
      const result = await context
        .withWarehouse(catalog, (warehouse) =>
          run(
            {
              catalog,
              hours,
              types,
              spoolDirectory: context.spoolDirectory,
              onStep: progress.step,
            },
            {
              source: context.openSource(catalog),
              stage: context.openStage(catalog),
              warehouse,
              clock: now,
              log: context.log,
            },
          ),
        )
        .finally(progress.stop);
      const rows = result.loaded.reduce(
        (sum, load) => sum + load.rows_loaded,
        0,
      );
      const lines = [
        `${result.classified.length} of ${hours.length} hours classified, ${result.loaded.length} loads, ${rows} rows`,
        ...result.failures.map(
          ({ hour, type, message }) =>
            `failed: ${hour} ${type ?? "classify"}: ${message}`,
        ),
      ];
      context.finish(args, result, lines.join("\n"));
      if (result.failures.length > 0) {
        process.stderr.write(
          `sluice: ${result.failures.length} steps failed\n`,
        );
        process.exitCode = chooseExitCode(result.failures);
      }
    },
  );

const addStatus: AddCommand = (yargs, context) =>
  yargs.command(
    "status",
    "Hours by types: not done, empty, staged, loaded, differing",
    (options) =>
      options
        .option("from", fromOption)
        .option("to", toOption)
        .example(
          "$0 status --from 2026-11-21T00 --to 2026-11-21T05",
          "Six hours, side by side",
        ),
    async (args) => {
      const { status } = await import("../../jobs/status.js");
      const range = {
        from: parseFolderHour(args.from),
        to: parseFolderHour(args.to),
      };
      const catalog = await context.openCatalog(args);
      const hours = await context.withWarehouse(catalog, (warehouse) =>
        status(
          { catalog, ...range },
          { stage: context.openStage(catalog), warehouse },
        ),
      );
      context.finish(
        args,
        { hours: hours.map(({ hour, types }) => ({ hour, types })) },
        formatStates(hours),
      );
    },
  );

export const hourCommands: readonly AddCommand[] = [
  addClassify,
  addLoad,
  addRun,
  addStatus,
];
