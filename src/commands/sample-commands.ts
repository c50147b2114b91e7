import { countOf } from "../count-of.js";
import { parseFolderHour } from "../folder-hour.js";
import { formatPairs } from "../terminal/format-pairs.js";
import type { AddCommand } from "./context.js";

const addSample: AddCommand = (yargs, context) =>
  yargs.command(
    "sample",
    "Write made-up logs of the catalogued types to the source",
    (options) =>
      options
        .option("from", {
          type: "string",
          demandOption: true,
          requiresArg: true,
          describe: "First hour",
        })
        .option("hours", {
          type: "number",
          default: 1,
          requiresArg: true,
          describe: "How many hours",
        })
        .option("rows", {
          type: "number",
          default: 2000,
          requiresArg: true,
          describe: "Lines an hour",
        })
        .option("seed", {
          type: "number",
          default: 1,
          requiresArg: true,
          describe: "The same seed makes the same logs",
        })
        .example(
          "$0 sample --from 2026-11-21T03 --hours 3 --source file:logs",
          "Three hours below logs/",
        ),
    async (args) => {
      const { sample } = await import("../../jobs/sample.js");
      const catalog = await context.openCatalog(args);
      const hours = await sample(
        { ...args, catalog, from: parseFolderHour(args.from) },
        { source: await context.openSource(catalog, "write") },
      );
      const written = hours.map(({ hour, lines }): [string, string] => [
        hour,
        countOf(lines, "line"),
      ]);
      context.finish(
        args,
        { source: catalog.source, hours },
        `${formatPairs(written)}\nwritten to ${catalog.source}`,
      );
    },
  );

const addDemo: AddCommand = (yargs, context) =>
  yargs.command(
    "demo",
    "Sample hours, classified and loaded on this machine: no account, no server; the environment's URLs are not used",
    (options) =>
      options
        .option("dir", {
          type: "string",
          default: ".sluice/demo",
          requiresArg: true,
          describe:
            "A folder of the demo's own for it all; one that a demo made is emptied first, any other with such files is refused",
        })
        .option("rows", {
          type: "number",
          default: 20_000,
          requiresArg: true,
          describe: "Lines an hour",
        })
        .example("$0 demo", "Everything into .sluice/demo")
        .example(
          "$0 demo --source s3://b/demo --stage gs://b/demo --warehouse bigquery://p/demo",
          "The same on your services, where nothing is yet; any one alone as well",
        ),
    async (args) => {
      const { demo } = await import("../../jobs/demo.js");
      const { openDemo } = await import("./open-demo.js");
      const opened = await openDemo(args.dir, args, context);
      const progress = await context.startProgress(opened.steps);
      try {
        const result = await demo(
          { ...opened.options, rows: args.rows, onStep: progress.step },
          opened.ports,
        );
        progress.stop();
        context.finish(args, result, opened.describe(result));
      } finally {
        progress.stop();
        await opened.ports.warehouse.close();
      }
    },
  );

export const sampleCommands: readonly AddCommand[] = [addSample, addDemo];
