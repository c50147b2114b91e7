import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Catalog } from "../catalog/catalog.js";
import { SluiceError, UsageError } from "../errors.js";
import { hoursBetween, parseFolderHour } from "../folder-hour.js";
import type { WatchBacktestOptions } from "../../jobs/watch-backtest.js";
import type { BacktestHour } from "../watch/backtest-counts.js";
import { hourOption } from "./hour-option.js";
import type {
  AddCommand,
  CommandContext,
  CommandLine,
  GlobalArguments,
} from "./context.js";

const addWatch: AddCommand = (yargs, context) =>
  yargs.command(
    "watch",
    "Judge counts: missing, drop, jump, flatline, duplicate hours",
    (options) =>
      options
        .option("hour", {
          ...hourOption,
          demandOption: false,
          describe:
            "The folder hour to watch, in UTC, like 2026-11-21T03; hours before it that no run has watched are done with it",
        })
        .option("send", {
          type: "boolean",
          default: false,
          describe:
            "With --hour: tell what is new to all that the catalog's report names, and remember it",
        })
        .option("backtest", {
          type: "boolean",
          default: false,
          describe:
            "Replay the count rules over past hours, and list what they would have told",
        })
        .option("from", {
          ...hourOption,
          demandOption: false,
          describe: "First folder hour whose alerts are listed",
        })
        .option("to", {
          ...hourOption,
          demandOption: false,
          describe: "Last folder hour, included",
        })
        .option("counts", {
          type: "string",
          requiresArg: true,
          describe:
            "CSV of type,hour,rows in place of the ledger; its types need no catalog entry, nor a catalog",
        })
        .option("every-hour", {
          type: "boolean",
          default: false,
          describe:
            "With --backtest --json: a line for every hour that was judged, with its state and band, in place of one for each alert",
        })
        .example(
          "$0 watch --hour 2026-11-21T03",
          "What the hour's counts say, and what --send would tell",
        )
        .example(
          "$0 watch --hour 2026-11-21T03 --send",
          "Tells it, as the DAG log_watch does each hour",
        )
        .example(
          "$0 watch --backtest --from 2026-10-01T00 --to 2026-11-21T00",
          "Over the ledger",
        )
        .example(
          "$0 watch --backtest --from 2026-10-01T00 --to 2026-11-21T00 --counts counts.csv --json",
          "One JSON object a line for each type and hour",
        ),
    async (args) => {
      if (args.hour !== undefined) {
        if (
          args.backtest ||
          args.everyHour ||
          (args.from ?? args.to ?? args.counts) !== undefined
        )
          throw new UsageError(
            "found --hour with --backtest, --every-hour, --from, --to or --counts: expected --hour H [--send], or --backtest --from H --to H",
          );
        const { watchLive } = await import("./watch-live.js");
        await watchLive(context, { ...args, hour: args.hour });
        return;
      }
      if (args.send)
        throw new UsageError(
          "found --send without an hour: expected --hour H --send",
        );
      if (!args.backtest || args.from === undefined || args.to === undefined)
        throw new UsageError(
          "found no hours to judge: expected --hour H, or --backtest --from H --to H",
        );
      if (args.everyHour && !args.json)
        throw new UsageError(
          "found --every-hour without --json: expected --backtest --from H --to H --json --every-hour",
        );
      const from = parseFolderHour(args.from);
      const to = parseFolderHour(args.to);
      hoursBetween(from, to);
      const result = await backtest(
        context,
        args,
        { counts: args.counts, isNamed: isCatalogNamed(yargs) },
        {
          from,
          to,
          ...(args.everyHour && {
            tellHour: (hour: BacktestHour) => {
              process.stdout.write(`${JSON.stringify(hour)}\n`);
            },
          }),
        },
      );
      if (args.everyHour) return;
      const { formatBacktest } = await import("../watch/format-backtest.js");
      if (!args.json) {
        context.finish(args, result, formatBacktest(result));
        return;
      }
      for (const alert of result.alerts)
        process.stdout.write(`${JSON.stringify(alert)}\n`);
    },
  );

/** Whether the command line has `--catalog`, the default's own name included: the value does not tell. */
function isCatalogNamed({ parsed }: CommandLine): boolean {
  // The parser's answer has what it filled in; its types lack it.
  const { defaulted } = { defaulted: {}, ...(parsed as object) };
  return !Object.hasOwn(defaulted, "catalog");
}

async function backtest(
  context: CommandContext,
  args: GlobalArguments,
  {
    counts,
    isNamed,
  }: {
    readonly counts: string | undefined;
    /** Whether the command line has `--catalog`. */
    readonly isNamed: boolean;
  },
  range: Pick<WatchBacktestOptions, "from" | "to" | "tellHour">,
) {
  const { watchBacktest } = await import("../../jobs/watch-backtest.js");
  const { defaultWatchSettings } = await import("../watch/default-settings.js");
  const catalog =
    counts !== undefined && !isNamed
      ? await openIfUsable(context, args)
      : await context.openCatalog(args, "without_schemas");
  const options = {
    ...range,
    settingsOf: (type: string) =>
      catalog?.types.get(type)?.watch ??
      catalog?.watch.settings ??
      defaultWatchSettings,
  };
  if (counts !== undefined)
    return watchBacktest(options, {
      file: counts,
      text: await readCountsFile(counts),
    });
  if (catalog === null) throw new UsageError(`${args.catalog}: no catalog`);
  return context.withWarehouse(catalog, (warehouse) =>
    watchBacktest(options, { warehouse }),
  );
}

/** Counts of a file need no catalog: one that nobody named stops nothing. */
async function openIfUsable(
  context: CommandContext,
  args: GlobalArguments,
): Promise<Catalog | null> {
  if (!existsSync(args.catalog)) return null;
  try {
    return await context.openCatalog(args, "without_schemas");
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    process.stderr.write(
      `sluice: ${args.catalog} can't be used, and the default settings are: ${error.message}\n`,
    );
    return null;
  }
}

async function readCountsFile(file: string): Promise<string> {
  const { decodeText } = await import("../catalog/decode-text.js");
  try {
    return decodeText(await readFile(file), file);
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `--counts ${file} can't be read (${reason}): expected a CSV of type,hour,rows`,
    );
  }
}

export const watchCommands: readonly AddCommand[] = [addWatch];
