import { constants, statSync } from "node:fs";
import { access, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Catalog, MessageTargets } from "../catalog/catalog.js";
import { countOf } from "../count-of.js";
import { SluiceError, UsageError } from "../errors.js";
import type { Message, Messenger } from "../ports/messenger.js";
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
      if (args.html !== undefined) await requireWritable(args.html);
      const catalog = await context.openCatalog(args, "without_schemas");
      const targets = chooseTargets(catalog, args);
      const opened: Messenger[] = [];
      const open = async (chosen: MessageTargets) => {
        const messengers = args.dryRun
          ? []
          : await context.openMessengers(chosen);
        opened.push(...messengers);
        return messengers;
      };
      const send = async () => {
        const slack = await open({ ...targets, mail: null });
        const mail = await open({ ...targets, slack: null });
        const found = await context.withWarehouse(
          catalog,
          async (warehouse) => {
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
            return {
              model,
              told,
              page,
              message: attachPage(message, model, page),
            };
          },
        );
        return { ...found, mailed: await sendToAll(mail, found.message) };
      };
      const { model, told, mailed, message, page } = await send().finally(() =>
        Promise.all(opened.map((messenger) => messenger.close())),
      );
      const words = renderText(message);
      // Who was not told goes first: its exit code is tried again, the page's may not be.
      const failures: readonly ReportFailure[] = [
        ...[...told.failures, ...mailed.failures].map(({ to, error }) => ({
          what: to,
          error,
        })),
        ...(page?.failure instanceof SluiceError
          ? [{ what: "page", error: page.failure }]
          : []),
      ];
      const failed = failures.map(({ what, error }) => ({
        what,
        exit_code: error.exitCode,
        message: error.message,
      }));
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
          { ...model, preview, failures: failed },
          targets.slack === null && targets.mail === null
            ? `${words}\n\nNobody would be told: add --slack, --mail, or --send with report.slack or report.mail in the catalog.`
            : `${words}\n\n${JSON.stringify(preview, null, 2)}`,
        );
        tellFailures(failures, page);
        return;
      }
      const sent = [...told.sent, ...mailed.sent];
      context.finish(args, { ...model, sent, failures: failed }, words);
      if (args.send && opened.length === 0)
        process.stderr.write(
          `sluice: nobody was told: ${catalog.file} names no channel; set report.slack or report.mail there\n`,
        );
      for (const { to, messages, refused = [] } of sent) {
        process.stderr.write(`sent: ${to}, ${countOf(messages, "message")}\n`);
        if (refused.length > 0)
          process.stderr.write(
            `sluice: the mail server refuses ${refused.join(", ")}; the others have the mail. Check report.mail.to in ${catalog.file}\n`,
          );
      }
      tellFailures(failures, page);
    },
  );

interface ReportFailure {
  /** A channel, or `page`. */
  readonly what: string;
  readonly error: SluiceError;
}

interface MadePage {
  /** Null: it could not be made. */
  readonly html: string | null;
  /** Null: it was made, and written where that was asked for. */
  readonly failure: Error | null;
}

/** Exits as the first; what is no SluiceError is thrown, as a bug. */
function tellFailures(
  failures: readonly ReportFailure[],
  page: MadePage | null,
): void {
  for (const { error } of failures)
    process.stderr.write(`sluice: ${error.message}\n`);
  const [first] = failures;
  if (first !== undefined) process.exitCode = first.error.exitCode;
  const reason = page?.failure ?? null;
  if (reason !== null && !(reason instanceof SluiceError)) throw reason;
}

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
  let html: string | null = null;
  try {
    const { page } = await import("../../jobs/page.js");
    const { renderPage } = await import("../page/render-page.js");
    const { to } = hours;
    const shown = await page(
      { catalog, to, days: pageDays, manifestDays: 2 },
      ports,
    );
    html = renderPage(shown);
    if (file !== undefined) await writePage(file, html);
    return { html, failure: null };
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    return { html, failure };
  }
}

function attachPage(
  message: Message,
  { days }: ReportModel,
  page: MadePage | null,
): Message {
  if (page === null) return message;
  if (page.html === null) {
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

/** Asked before anything is read or sent, and without a trace in the file. */
async function requireWritable(file: string): Promise<void> {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) throw new Error("it is a folder");
    await access(found === undefined ? dirname(file) : file, constants.W_OK);
  } catch (error) {
    throw refuseFile(file, error);
  }
}

async function writePage(file: string, html: string): Promise<void> {
  try {
    await writeFile(file, html);
  } catch (error) {
    throw refuseFile(file, error);
  }
}

function refuseFile(file: string, error: unknown): UsageError {
  return new UsageError(
    `--html ${file} can't be written: ${error instanceof Error ? error.message : String(error)}. Name a file in a folder that is there and may be written to`,
    { cause: error },
  );
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
