#!/usr/bin/env node
import { runCommandLine } from "./commands.js";
import { createCommandContext } from "./commands/context.js";
import { readEnvironment } from "./environment.js";
import { exitCodes, SluiceError } from "./errors.js";

process.once("SIGTERM", () => {
  process.stderr.write(
    "sluice: stopped by SIGTERM; run the same command again to finish\n",
  );
  process.exit(exitCodes.terminated);
});
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(exitCodes.done);
  throw error;
});

const words = process.argv.slice(2);
try {
  await runCommandLine(words, createCommandContext(readEnvironment()));
} catch (error) {
  if (error instanceof SluiceError) {
    process.stderr.write(`sluice: ${error.message}\n`);
    if (words.includes("--json"))
      process.stdout.write(`${JSON.stringify(describeError(error))}\n`);
    process.exitCode = error.exitCode;
  } else {
    const text =
      error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`sluice: this is a bug, please report it\n${text}\n`);
    process.exitCode = exitCodes.bug;
  }
}

function describeError(error: SluiceError): object {
  const { code, exitCode, message, retryable } = error;
  return { error: { code, exit_code: exitCode, message, retryable } };
}
