import { countOf } from "../count-of.js";
import { UsageError } from "../errors.js";
import {
  hoursBetween,
  parseFolderHour,
  type FolderHour,
} from "../folder-hour.js";
import type { ReplayedHour } from "../load/replay-hours.js";
import type { AddCommand } from "./context.js";
import { hourOption } from "./hour-option.js";

const addReplay: AddCommand = (yargs, context) =>
  yargs.command(
    "replay",
    "Load hours again whose rows were set aside, after the schema was mended",
    (options) =>
      options
        .option("type", {
          type: "string",
          requiresArg: true,
          describe: "Only this log type",
        })
        .option("hour", { ...hourOption, demandOption: false })
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
        .option("list", {
          type: "boolean",
          default: false,
          describe: "Only tell what is set aside, why, and in which files",
        })
        .option("force", {
          type: "boolean",
          default: false,
          describe: "Load also what has nothing set aside; needs --type",
        })
        .example(
          "$0 replay --type purchase --hour 2026-11-21T03",
          "Loads that hour again, what was set aside included",
        )
        .example(
          "$0 replay --list --from 2026-11-21T00 --to 2026-11-21T23",
          "What a day has set aside",
        ),
    async (args) => {
      const { chooseReplayExit, listReplay, replay } =
        await import("../../jobs/replay.js");
      const { describeReasons } = await import("../load/describe-reasons.js");
      const hours = readHours(args);
      const type = args.type ?? null;
      const { force, list } = args;
      if (force && (type === null || list))
        throw new UsageError(
          "--force needs --type, and no --list: it loads the type's hours again, whatever they have set aside",
        );
      const catalog = await context.openCatalog(args, "without_schemas");
      const stage = await context.openStage(catalog);
      if (list) {
        const listed = await context.withWarehouse(catalog, (warehouse) =>
          listReplay({ catalog, hours, type }, { stage, warehouse }),
        );
        const lines = listed.flatMap((each) => [
          `${each.type} ${each.hour}: ${countOf(each.rows_set_aside, "row")} set aside, ${each.rows_loaded} loaded; ${each.quarantine}`,
          ...(each.reasons === null
            ? ["  the file is gone; sluice replay writes it anew"]
            : describeReasons({ ...each, reasons: each.reasons }).map(
                (reason) => `  ${reason}`,
              )),
        ]);
        const words =
          listed.length === 0 ? "nothing is set aside" : lines.join("\n");
        context.finish(args, { hours: listed }, words);
        return;
      }
      const log = await context.openLog();
      const clock = () => new Date();
      const result = await context.withWarehouse(catalog, (warehouse) =>
        replay(
          { catalog, hours, type, force },
          { stage, warehouse, clock, log },
        ),
      );
      const told = result.hours.filter(
        ({ outcome }) => type !== null || outcome !== "left",
      );
      const lines = [
        ...told.map(describeReplayed),
        ...result.failures.map(
          (failure) =>
            `failed: ${failure.hour} ${failure.type}: ${failure.message}`,
        ),
        ...(told.length === 0 ? ["nothing is set aside"] : []),
      ];
      context.finish(args, result, lines.join("\n"));
      const exitCode = chooseReplayExit(result);
      if (exitCode === 0) return;
      const superseded = result.hours.filter(
        ({ outcome }) => outcome === "superseded",
      );
      const counts = [
        ...(result.failures.length > 0
          ? [`${result.failures.length} loads failed`]
          : []),
        ...(superseded.length > 0
          ? [`${superseded.length} were superseded by a higher seq`]
          : []),
      ];
      process.stderr.write(
        `sluice: ${counts.join(", ")}; their hours are as they were\n`,
      );
      process.exitCode = exitCode;
    },
  );

function readHours(args: {
  readonly hour: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
}): [FolderHour, ...FolderHour[]] {
  const { hour, from, to } = args;
  if (hour !== undefined && from === undefined && to === undefined)
    return [parseFolderHour(hour)];
  if (hour === undefined && from !== undefined && to !== undefined)
    return hoursBetween(parseFolderHour(from), parseFolderHour(to)) as [
      FolderHour,
      ...FolderHour[],
    ];
  throw new UsageError(
    "replay takes --hour, or --from and --to, like 2026-11-21T03; expected one of both",
  );
}

function describeReplayed(replayed: ReplayedHour): string {
  const { type, hour, outcome, before, after } = replayed;
  const what = `${type} ${hour}`;
  switch (outcome) {
    case "replaced":
      return `${what}: ${countOf(before ?? 0, "row was", "rows were")} set aside, ${after ?? 0} now; ${replayed.rows_loaded ?? 0} loaded`;
    case "superseded":
      return `${what}: a higher seq is loaded already; left as it is. Look what to do: sluice reconcile --from ${hour} --to ${hour}`;
    case "failed":
      return `${what}: ${countOf(before ?? 0, "row is", "rows are")} set aside, as before`;
    case "left":
      return before === null
        ? `${what}: never loaded; run: sluice load --type ${type} --hour ${hour}`
        : `${what}: nothing is set aside; left as it is (--force loads it again)`;
  }
}

export const replayCommands: readonly AddCommand[] = [addReplay];
