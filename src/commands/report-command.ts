import { writeFile } from "node:fs/promises";
import type { Catalog, MessageTargets } from "../catalog/catalog.js";
import { UsageError } from "../errors.js";
import type { Message } from "../ports/messenger.js";
import type { ObjectStore } from "../ports/object-store.js";
import type { Warehouse } from "../ports/warehouse.js";
import type { ReportModel } from "../report/report-model.js";
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
      const { sendToAll } = await import("../messages/send-to-all.js");
      const day = args.day === undefined ? undefined : parseDay(args.day);
      const catalog = await context.openCatalog(args, "without_schemas");
      const targets = chooseTargets(catalog, args);
      const open = async (chosen: MessageTargets) =>
        args.dryRun ? [] : context.openMessengers(chosen);
      const slack = await open({ ...targets, mail: null });
      const mail = await open({ ...targets, slack: null });
      const found = await context.withWarehouse(catalog, async (warehouse) => {
        const ports = {
          stage: await context.openStage(catalog),
          warehouse,
          clock: () => new Date(),
        };
        const model = await report({ catalog, day }, ports);
        const message = describeReport(model);
        // The page is large and may fail: what needs none is told before.
        const told = await sendToAll(slack, message);
        const page =
          args.html === undefined && targets.mail === null
            ? null
            : await makePage(catalog, model, ports, args.html);
        return { model, told, page, message: attachPage(message, model, page) };
      });
      const { model, message, page } = found;
      const words = renderText(message);
      if (args.dryRun) {
        const { previewMessages } =
          await import("../messages/preview-messages.js");
        const shown = previewMessages(message);
        const preview = {
          ...(targets.slack !== null && { slack: shown.slack }),
          ...(targets.mail !== null && {
            mail: { ...targets.mail, ...shown.mail },
          }),
        };
        context.finish(
          args,
          { ...model, preview },
          targets.slack === null && targets.mail === null
            ? `${words}\n\nNobody would be told: add --slack, --mail, or --send with report.slack or report.mail in the catalog.`
            : `${words}\n\n${JSON.stringify(preview, null, 2)}`,
        );
        if (page !== null && "failure" in page) throw page.failure;
        return;
      }
      const mailed = await sendToAll(mail, message);
      const sent = [...found.told.sent, ...mailed.sent];
      context.finish(args, { ...model, sent }, words);
      if (args.send && slack.length + mail.length === 0)
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
      for (const { error } of [...found.told.failures, ...mailed.failures]) {
        process.stderr.write(`sluice: ${error.message}\n`);
        process.exitCode = error.exitCode;
      }
      if (page !== null && "failure" in page) throw page.failure;
    },
  );

/** The page, or why there is none. */
type MadePage = { readonly html: string } | { readonly failure: unknown };

/** Never throws: a report goes out without its page too. */
async function makePage(
  catalog: Catalog,
  { hours }: ReportModel,
  ports: {
    readonly stage: ObjectStore;
    readonly warehouse: Warehouse;
    readonly clock: () => Date;
  },
  file: string | undefined,
): Promise<MadePage> {
  try {
    const { page } = await import("../../jobs/page.js");
    const { renderPage } = await import("../page/render-page.js");
    const { to } = hours;
    const shown = await page(
      { catalog, to, days: pageDays, manifestDays: 2 },
      ports,
    );
    const html = renderPage(shown);
    if (file !== undefined) await writePage(file, html);
    return { html };
  } catch (failure) {
    return { failure };
  }
}

function attachPage(
  message: Message,
  { days }: ReportModel,
  page: MadePage | null,
): Message {
  if (page === null) return message;
  if ("failure" in page) {
    const text =
      "The page could not be made and is not attached; the run's log says why.";
    return {
      ...message,
      parts: [...message.parts, { kind: "paragraph", text }],
    };
  }
  const attachment = {
    name: `report-${days.day}.html`,
    mediaType: "text/html; charset=utf-8",
    content: page.html,
  };
  return { ...message, attachments: [attachment] };
}

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
