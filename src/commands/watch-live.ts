import { setTimeout as wait } from "node:timers/promises";
import type { AlertFinding } from "../alerts/model.js";
import { parseFolderHour } from "../folder-hour.js";
import type { CommandContext, GlobalArguments } from "./context.js";

/** `watch --hour`: judges one hour, tells with `--send`, and prints what is found and what is new. */
export async function watchLive(
  context: CommandContext,
  args: GlobalArguments & { readonly hour: string; readonly send: boolean },
): Promise<void> {
  const { watchHour } = await import("../../jobs/watch-hour.js");
  const { renderText } = await import("../messages/render-text.js");
  const hour = parseFolderHour(args.hour);
  const catalog = await context.openCatalog(args, "without_schemas");
  const messengers = args.send
    ? await context.openMessengers(catalog.report)
    : [];
  try {
    const result = await context.withWarehouse(catalog, async (warehouse) =>
      watchHour(
        {
          catalog,
          hour,
          send: args.send,
          heartbeatUrl: context.heartbeatUrl,
        },
        {
          source: await context.openSource(catalog),
          stage: await context.openStage(catalog),
          warehouse,
          messengers,
          clock: () => new Date(),
          wait: (ms) => wait(ms),
          log: await context.openLog(),
        },
      ),
    );
    const { findings, alerts } = result;
    const told = args.send ? "told" : "to tell";
    const words = [
      ...alerts.map(({ message }) => `${renderText(message)}\n`),
      ...findings.map(describeFinding),
      `${hour}: findings ${findings.length}, new ${told} ${alerts.length}`,
    ];
    context.finish(args, result, words.join("\n"));
  } finally {
    for (const messenger of messengers) await messenger.close();
  }
}

function describeFinding(finding: AlertFinding): string {
  const { hour, type, rule, stage, found, expected } = finding;
  const usual = expected === null ? "" : `; expected ${expected}`;
  return `${hour} ${type ?? "hour"} ${rule} at ${stage}: ${found}${usual}`;
}
