import yargs from "yargs";
import { addCommands } from "./commands/add-command.js";
import { addGlobalOptions, type CommandContext } from "./commands/context.js";
import { catalogCommands } from "./commands/catalog-commands.js";
import { hourCommands } from "./commands/hour-commands.js";
import { pageCommands } from "./commands/page-command.js";
import { reconcileCommands } from "./commands/reconcile-command.js";
import { replayCommands } from "./commands/replay-command.js";
import { reportCommands } from "./commands/report-command.js";
import { sampleCommands } from "./commands/sample-commands.js";
import { schemaCommands } from "./commands/schema-commands.js";
import { sharesCommands } from "./commands/shares-command.js";
import { serviceCommands } from "./commands/service-commands.js";
import { watchCommands } from "./commands/watch-command.js";
import { SluiceError, UsageError } from "./errors.js";
import packageJson from "../package.json" with { type: "json" };

/** Runs one command line, without the program's name; throws SluiceError where it fails as expected. */
export async function runCommandLine(
  words: readonly string[],
  context: CommandContext,
): Promise<void> {
  const parser = addGlobalOptions(
    yargs([...words]).version(packageJson.version),
  )
    .scriptName("sluice")
    .usage(
      "$0 COMMAND\n\nMixed logs into typed warehouse tables, an hour at a time.",
    )
    .locale("en")
    .strict()
    .recommendCommands()
    .demandCommand(1, "a command is missing")
    .parserConfiguration({ "duplicate-arguments-array": false })
    .wrap(100)
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error: Error | undefined) => {
      if (error instanceof SluiceError) throw error;
      if (error !== undefined && error.name !== "YError") throw error;
      throw new UsageError(
        `${message || String(error?.message)}\nsluice --help lists the commands and their options`,
      );
    })
    .epilogue(
      "Hours are UTC, like 2026-11-21T03. Exit codes: 0 done, 1 a bug, 2 usage or catalog, 3 data refused, " +
        "4 not ready, 5 a service failed, 99 nothing to load (--skip-empty), 143 stopped.",
    );
  skipUnusedHelp(parser);
  for (const addCommand of [
    ...hourCommands,
    ...reconcileCommands,
    ...pageCommands,
    ...replayCommands,
    ...reportCommands,
    ...watchCommands,
    ...catalogCommands,
    ...schemaCommands,
    ...sharesCommands,
    ...addCommands,
    ...sampleCommands,
    ...serviceCommands,
  ]) {
    addCommand(parser, context);
  }
  await parser.parseAsync();
}

/**
 * yargs renders the help of each command that it runs, which takes as long as to load sluice, in case the command fails.
 * A failure here prints no help. There is no public way to say so; without the private one, help is rendered as before.
 */
function skipUnusedHelp(parser: object): void {
  const { getInternalMethods } = parser as {
    getInternalMethods?: () => {
      getUsageInstance?: () => { cacheHelpMessage?: () => void };
    };
  };
  const usage = getInternalMethods?.call(parser).getUsageInstance?.();
  if (usage !== undefined) usage.cacheHelpMessage = () => undefined;
}
