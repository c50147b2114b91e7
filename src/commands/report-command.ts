import { writeFile } from "node:fs/promises";
import type { Catalog, MessageTargets } from "../catalog/catalog.js";
import { UsageError } from "../errors.js";
import type { AddCommand } from "./context.js";

/** Of the page. */
const pageDays = 30;

const addReport: AddCommand = (yargs, context) =>
  yargs.command(
    "report",
    "A day's rows by types, beside the day before and last week; to Slack and by mail",
    (options) =>
      options
        .option("day", {
          type: "string",
          requiresArg: true,
          describe:
            "The day in the catalog's timezone, like 2026-11-20; yesterday by default",
        })
        .option("send", {
          type: "boolean",
          default: false,
          describe: "Send it to all that the catalog's report names",
        })
        .option("slack", {
          type: "boolean",
          default: false,
          describe:
            "Send it to Slack, by SLUICE_SLACK_TOKEN or SLUICE_SLACK_WEBHOOK_URL",
        })
        .option("mail", {
          type: "boolean",
          default: false,
          describe: "Send it by mail, by SLUICE_SMTP_URL",
        })
        .option("html", {
          type: "string",
          requiresArg: true,
          describe:
            "Write the page of the last 30 days into this file; mail has it attached in any case",
        })
        .option("dry-run", {
          type: "boolean",
          default: false,
          describe: "Print the messages, and send none; needs no secrets",
        })
        .example("$0 report", "Yesterday, worst first")
        .example("$0 report --day 2026-11-20 --json", "The counts as JSON")
        .example(
          "$0 report --send",
          "To Slack and by mail, as the catalog's report says",
        )
        .example(
          "$0 report --html report.html",
          "The page of types by hours besides",
        )
        .example(
          "$0 report --slack --mail --dry-run",
          "What would be sent, as Slack and the mail server would get it",
        ),
    async (args) => {
      const { report } = await import("../../jobs/report.js");
      const { parseDay } = await import("../report/days.js");
      const { describeReport } = await import("../report/describe-report.js");
      const { renderText } = await import("../messages/render-text.js");
      const day = args.day === undefined ? undefined : parseDay(args.day);
      const catalog = await context.openCatalog(args, "without_schemas");
      const targets = chooseTargets(catalog, args);
      const messengers = args.dryRun
        ? []
        : await context.openMessengers(targets);
      const { model, html } = await context.withWarehouse(
        catalog,
        async (warehouse) => {
          const ports = {
            stage: await context.openStage(catalog),
            warehouse,
            clock: () => new Date(),
          };
          const found = await report({ catalog, day }, ports);
          if (args.html === undefined && targets.mail === null)
            return { model: found, html: null };
          const { page } = await import("../../jobs/page.js");
          const { renderPage } = await import("../page/render-page.js");
          const { to } = found.hours;
          const shown = await page(
            { catalog, to, days: pageDays, manifestDays: 2 },
            ports,
          );
          return { model: found, html: renderPage(shown) };
        },
      );
      if (args.html !== undefined && html !== null)
        await writePage(args.html, html);
      const message = {
        ...describeReport(model),
        attachments:
          html === null
            ? []
            : [
                {
                  name: `report-${model.days.day}.html`,
                  mediaType: "text/html; charset=utf-8",
                  content: html,
                },
              ],
      };
      const words = renderText(message);
      if (args.dryRun) {
        const { previewMessages } =
          await import("../messages/preview-messages.js");
        const { slack, mail } = previewMessages(message);
        const preview = {
          ...(targets.slack !== null && { slack }),
          ...(targets.mail !== null && { mail: { ...targets.mail, ...mail } }),
        };
        context.finish(
          args,
          { ...model, preview },
          targets.slack === null && targets.mail === null
            ? `${words}\n\nNobody would be told: add --slack, --mail, or --send with report.slack or report.mail in the catalog.`
            : `${words}\n\n${JSON.stringify(preview, null, 2)}`,
        );
        return;
      }
      const { sendToAll } = await import("../messages/send-to-all.js");
      const { sent, failures } = await sendToAll(messengers, message);
      context.finish(args, { ...model, sent }, words);
      if (args.send && messengers.length === 0)
        process.stderr.write(
          `sluice: nobody was told: ${catalog.file} names no channel; set report.slack or report.mail there\n`,
        );
      for (const { to, messages, refused = [] } of sent) {
        process.stderr.write(
          `sent: ${to}, ${messages} ${messages === 1 ? "message" : "messages"}\n`,
        );
        if (refused.length > 0)
          process.stderr.write(
            `sluice: the mail server refuses ${refused.join(", ")}; the others have the mail. Check report.mail.to in ${catalog.file}\n`,
          );
      }
      for (const { error } of failures) {
        process.stderr.write(`sluice: ${error.message}\n`);
        process.exitCode = error.exitCode;
      }
    },
  );

async function writePage(file: string, html: string): Promise<void> {
  try {
    await writeFile(file, html);
  } catch (error) {
    throw new UsageError(
      `--html ${file} can't be written: ${error instanceof Error ? error.message : String(error)}. Name a file in a folder that is there and may be written to`,
      { cause: error },
    );
  }
}

/** What is asked for is told of where the catalog lacks it; --send takes what the catalog has. */
function chooseTargets(
  { file, report }: Catalog,
  args: {
    readonly send: boolean;
    readonly slack: boolean;
    readonly mail: boolean;
  },
): MessageTargets {
  if (args.mail && report.mail === null)
    throw new UsageError(
      `--mail: ${file} has no report.mail; expected report: { mail: { from: sluice@acme.example, to: [data@acme.example] } }`,
    );
  return {
    slack: args.slack
      ? (report.slack ?? { channel: null })
      : args.send
        ? report.slack
        : null,
    mail: args.send || args.mail ? report.mail : null,
  };
}

export const reportCommands: readonly AddCommand[] = [addReport];
