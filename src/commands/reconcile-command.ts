import { countOf } from "../count-of.js";
import { chooseHours, parseHours } from "../reconcile/choose-hours.js";
import type { AddCommand } from "./context.js";
import { hourOption } from "./hour-option.js";
import { readSplitOptions, splitOptions } from "./split-options.js";

const hourMs = 3_600_000;

const addReconcile: AddCommand = (yargs, context) =>
  yargs.command(
    "reconcile",
    "What failed or missed runs left undone; --run does it",
    (options) =>
      options
        .option("last", {
          type: "string",
          requiresArg: true,
          describe:
            "How many hours, like 48h or 2d, up to the last one that ended an hour ago",
        })
        .option("from", {
          ...hourOption,
          demandOption: false,
          describe: "First folder hour",
        })
        .option("to", {
          ...hourOption,
          demandOption: false,
          describe: "Last folder hour, included",
        })
        .option("run", {
          type: "boolean",
          default: false,
          describe:
            "Classify, load and sweep what is found. Hours before a type's start_date are loaded only where they were before; sluice run and load do the others",
        })
        .option("sweep-after", {
          type: "string",
          requiresArg: true,
          default: "24h",
          describe:
            "Age of the youngest unnamed stage file from which an hour is swept; younger ones may be of a job at work",
        })
        .options(splitOptions)
        .example("$0 reconcile --last 48h", "Lists; exits 3 if there is any")
        .example("$0 reconcile --last 48h --run", "Does it"),
    async (args) => {
      const { chooseReconcileExit, reconcile } =
        await import("../../jobs/reconcile.js");
      const now = () => new Date();
      const hours = chooseHours(args, now());
      const sweepAfterMs =
        parseHours("--sweep-after", args.sweepAfter) * hourMs;
      const limits = readSplitOptions(args);
      const catalog = await context.openCatalog(args);
      const result = await context.withWarehouse(catalog, async (warehouse) =>
        reconcile(
          {
            catalog,
            hours,
            run: args.run,
            sweepAfterMs,
            spoolDirectory: context.spoolDirectory,
            limits,
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
      );
      const { findings, failures } = result;
      const left = findings.filter(({ done }) => !done);
      const lines = [
        ...findings.map(({ hour, type, kind, message, done }) => {
          const what = [hour, type, kind.replace("_", " ")].filter(Boolean);
          return `${what.join(" ")}${done ? ", done" : ""}: ${message}`;
        }),
        ...failures.map(
          ({ hour, type, message }) =>
            `failed: ${hour} ${type ?? "hour"}: ${message}`,
        ),
        `${countOf(result.hours, "hour")}: ${findings.length} undone${args.run ? `, ${left.length} left` : ""}`,
      ];
      context.finish(args, result, lines.join("\n"));
      const exitCode = chooseReconcileExit(result);
      if (exitCode === 0) return;
      process.stderr.write(
        args.run
          ? `sluice: ${countOf(left.length, "finding is", "findings are")} left, ${countOf(failures.length, "step")} failed\n`
          : `sluice: ${countOf(left.length, "finding")}; sluice reconcile --run does what it can\n`,
      );
      process.exitCode = exitCode;
    },
  );

export const reconcileCommands: readonly AddCommand[] = [addReconcile];
