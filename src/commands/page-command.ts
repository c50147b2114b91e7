import { countOf } from "../count-of.js";
import { writeFile } from "node:fs/promises";
import { UsageError } from "../errors.js";
import { addHours, parseFolderHour, toFolderHour } from "../folder-hour.js";
import type { AddCommand } from "./context.js";
import { hourOption } from "./hour-option.js";

const maxDays = 400;

const addPage: AddCommand = (yargs, context) =>
  yargs.command(
    "page",
    "Writes one HTML file that shows types by hours",
    (options) =>
      options
        .option("out", {
          type: "string",
          demandOption: true,
          requiresArg: true,
          describe: "The file to write; one that stands is replaced",
        })
        .option("to", {
          ...hourOption,
          demandOption: false,
          describe:
            "Last folder hour, in UTC, like 2026-11-21T03; the last that has ended by default",
        })
        .option("days", {
          type: "number",
          default: 30,
          requiresArg: true,
          describe: `How many days, 1 to ${maxDays}`,
        })
        .option("manifest-days", {
          type: "number",
          default: 2,
          requiresArg: true,
          describe:
            "The last days of which every manifest is read; older hours are judged by the ledger where it agrees with itself",
        })
        .example("$0 page --out page.html", "The last 30 days")
        .example(
          "$0 page --to 2026-11-21T23 --days 90 --out page.html",
          "90 days up to that hour",
        ),
    async (args) => {
      const { page } = await import("../../jobs/page.js");
      const { renderPage } = await import("../page/render-page.js");
      const now = () => new Date();
      const days = readDays("--days", args.days, 1);
      const manifestDays = readDays("--manifest-days", args.manifestDays, 0);
      const to =
        args.to === undefined
          ? addHours(toFolderHour(now()), -1)
          : parseFolderHour(args.to);
      const catalog = await context.openCatalog(args, "without_schemas");
      const model = await context.withWarehouse(catalog, async (warehouse) =>
        page(
          { catalog, to, days, manifestDays },
          { stage: await context.openStage(catalog), warehouse, clock: now },
        ),
      );
      const html = renderPage(model);
      await writePage(args.out, html);
      const result = {
        file: args.out,
        from: model.hours[0]?.hour,
        to,
        hours: model.hours.length,
        types: model.types.length,
        bytes: Buffer.byteLength(html),
      };
      context.finish(
        args,
        result,
        `${args.out}: ${countOf(result.types, "type")} by ${countOf(result.hours, "hour")} up to ${to}, ${result.bytes} bytes`,
      );
    },
  );

function readDays(option: string, days: number, least: number): number {
  if (Number.isInteger(days) && days >= least && days <= maxDays) return days;
  throw new UsageError(
    `${option} ${days}: expected a whole number from ${least} to ${maxDays}`,
  );
}

async function writePage(file: string, html: string): Promise<void> {
  try {
    await writeFile(file, html);
  } catch (error) {
    throw new UsageError(
      `--out ${file} can't be written: ${error instanceof Error ? error.message : String(error)}. Name a file in a folder that is there and may be written to`,
      { cause: error },
    );
  }
}

export const pageCommands: readonly AddCommand[] = [addPage];
