import yargs from "yargs";
import { addCommands } from "./commands/add-command.js";
import { addGlobalOptions, type CommandContext } from "./commands/context.js";
import { describeUnknownCommand } from "./commands/describe-unknown-command.js";
import { catalogCommands } from "./commands/catalog-commands.js";
import { hourCommands } from "./commands/hour-commands.js";
import { pageCommands } from "./commands/page-command.js";
import { reconcileCommands } from "./commands/reconcile-command.js";
import { refuseRepeated } from "./commands/refuse-repeated.js";
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
    .strictCommands()
    .demandCommand(1, "a command is missing")
    // Otherwise the last of two values is taken, and the other one not missed.
    .parserConfiguration({ "duplicate-arguments-array": true })
    .check(refuseRepeated)
    .wrap(100)
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error: Error | undefined) => {
      if (error instanceof SluiceError) throw error;
      if (error !== undefined && error.name !== "YError") throw error;
      throw new UsageError(
        `${describeFailure(message || String(error?.message), parser)}\nsluice --help lists the commands and their options`,
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

/** yargs tells an unknown command by its name alone, or by the name of one that may be meant. */
function describeFailure(message: string, parser: object): string {
  const [, found] = /^Unknown commands?: (.*)$/s.exec(message) ?? [];
  if (found === undefined) return message;
  const commands = internalsOf(parser)?.getCommandInstance?.().getCommands();
  return commands?.length === 0
    ? `Unknown argument: ${found}`
    : describeUnknownCommand(found.split(", ", 1)[0] ?? "", commands ?? []);
}

/**
 * yargs renders the help of each command that it runs, which takes as long as to load sluice, in case the command fails.
 * A failure here prints no help. There is no public way to say so; without the private one, help is rendered as before.
 */
function skipUnusedHelp(parser: object): void {
  const usage = internalsOf(parser)?.getUsageInstance?.();
  if (usage !== undefined) usage.cacheHelpMessage = () => undefined;
}

interface YargsInternals {
  readonly getUsageInstance?: () => { cacheHelpMessage?: () => void };
  readonly getCommandInstance?: () => { getCommands: () => readonly string[] };
}

function internalsOf(parser: object): YargsInternals | undefined {
  const { getInternalMethods } = parser as {
    getInternalMethods?: () => YargsInternals;
  };
  return getInternalMethods?.call(parser);
}
