import { join } from "node:path";
import { CatalogError, DataRefusedError, formatProblem } from "../errors.js";
import { parseFolderHour } from "../folder-hour.js";
import { splitNames } from "./split-names.js";
import { shellWords } from "../shell-words.js";
import type { AddCommand } from "./context.js";

const addCheck: AddCommand = (yargs, context) =>
  yargs.command(
    "check",
    "Check the catalog, its schema files and the generated DAGs: all problems at once",
    (options) =>
      options.example(
        "$0 check",
        "Exit 0 only if there is nothing to mend; a warning is told and changes no exit code",
      ),
    async (args) => {
      const { check } = await import("../../jobs/check.js");
      const result = await check({
        catalogFile: args.catalog,
        overrides: context.overrides(args),
      });
      if (result.problems.length > 0) throw new CatalogError(result.problems);
      const warnings = [
        ...result.warnings.map(formatProblem),
        ...result.dag_warnings,
      ];
      for (const warning of warnings)
        process.stderr.write(`warning: ${warning}\n`);
      if (result.dag_problems.length > 0)
        throw new DataRefusedError(result.dag_problems.join("\n"));
      const { length } = warnings;
      const warned =
        length === 0 ? "" : `, ${length} warning${length === 1 ? "" : "s"}`;
      context.finish(
        args,
        result,
        `${args.catalog}: ${result.types} log types, no problems${warned}`,
      );
    },
  );

const addGenerate: AddCommand = (yargs, context) =>
  yargs.command(
    "generate",
    "Render the Airflow DAGs of the catalog into generated-dags/",
    (options) =>
      options
        .option("out", {
          type: "string",
          requiresArg: true,
          describe:
            "Folder of the DAGs [default: generated-dags beside the catalog]",
        })
        .option("check", {
          type: "boolean",
          describe:
            "Write nothing; exit 3 if a file is changed, missing or left over",
        })
        .option("diff", {
          type: "boolean",
          describe: "Write nothing; print what would change",
        })
        .option("rebalance", {
          type: "boolean",
          default: false,
          describe: "Deal every minute anew: moves logical dates",
        })
        .conflicts("check", "diff")
        .example("$0 generate", "After every change of the catalog")
        .example("$0 generate --check", "In CI"),
    async (args) => {
      const { generate } = await import("../../jobs/generate.js");
      const catalog = await context.openCatalog(args);
      const mode = args.check ? "check" : args.diff ? "diff" : "write";
      const result = await generate({
        catalog,
        mode,
        rebalance: args.rebalance,
        ...(args.out !== undefined && { outDir: args.out }),
      });
      const counts = `${result.written.length} written, ${result.removed.length} removed, ${result.unchanged.length} unchanged`;
      const words =
        mode === "diff"
          ? result.diff.trimEnd() || "no differences"
          : `${result.outDir}: ${counts}${result.written.includes("pools.json") ? `\nnext: airflow pools import ${shellWords([join(result.outDir, "pools.json")])}` : ""}`;
      context.finish(args, result, words);
    },
  );

const addExplain: AddCommand = (yargs, context) =>
  yargs.command(
    "explain <dag>",
    "Which hour a DAG's run handles, when it starts, what it waits for, and why",
    (options) =>
      options
        .positional("dag", {
          type: "string",
          demandOption: true,
          describe: "DAG id or log type",
        })
        .option("at", {
          type: "string",
          requiresArg: true,
          describe:
            "A logical date, like 2026-11-21T03:37Z or 2026-11-21T08:00+09:00; without an offset it is UTC [default: the newest run]",
        })
        .example(
          "$0 explain load_purchase --at 2026-11-21T03:10Z",
          "One run of one DAG",
        )
        .example("$0 explain log_report", "The day that it reported last"),
    async (args) => {
      const { explain } = await import("../../jobs/explain.js");
      const catalog = await context.openCatalog(args);
      const result = await explain({
        catalog,
        dag: args.dag,
        now: new Date(),
        ...(args.at !== undefined && { at: args.at }),
      });
      context.finish(args, result, result.lines.join("\n"));
    },
  );

const addBackfill: AddCommand = (yargs, context) =>
  yargs.command(
    "backfill",
    "Print, in order, what an operator types to have hours done again, on Airflow 2 and 3",
    (options) =>
      options
        .option("from", {
          type: "string",
          demandOption: true,
          requiresArg: true,
          describe: "First folder hour",
        })
        .option("to", {
          type: "string",
          demandOption: true,
          requiresArg: true,
          describe: "Last folder hour, included; it must have settled",
        })
        .option("types", {
          type: "string",
          requiresArg: true,
          describe:
            "Only these log types, like purchase,refund; the others of these hours are one classification behind then [default: every type, from its start_date on]",
        })
        .option("size", {
          type: "boolean",
          default: false,
          describe:
            "Say how much will be read and loaded; lists the source and reads the stage's manifests",
        })
        .example(
          "$0 backfill --from 2026-11-21T00 --to 2026-11-21T05",
          "Runs nothing",
        )
        .example(
          "$0 backfill --from 2026-11-01T00 --to 2026-11-20T23 --size",
          "A long range: how much is it?",
        ),
    async (args) => {
      const { backfill } = await import("../../jobs/backfill.js");
      const types = splitNames(args.types);
      const range = {
        from: parseFolderHour(args.from),
        to: parseFolderHour(args.to),
      };
      const catalog = await context.openCatalog(args);
      const result = await backfill(
        {
          catalog,
          ...range,
          now: new Date(),
          ...(types !== null && { types }),
        },
        args.size
          ? {
              source: await context.openSource(catalog),
              stage: await context.openStage(catalog),
            }
          : null,
      );
      context.finish(args, result, result.lines.join("\n"));
    },
  );

export const catalogCommands: readonly AddCommand[] = [
  addCheck,
  addGenerate,
  addExplain,
  addBackfill,
];
