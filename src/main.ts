#!/usr/bin/env node
import { exitCodes, SluiceError } from "./errors.js";
import { findMemoryLimit } from "./memory-limit.js";
import { watchMemory } from "./memory-watch.js";

// Before the rest is loaded: as process 1 of a container, a signal without a handler does nothing.
process.once("SIGTERM", () => {
  process.stderr.write(
    "sluice: stopped by SIGTERM; run the same command again to finish\n",
  );
  process.exit(exitCodes.terminated);
});
// A reader that is gone, as after `| head -1`, ends no work, and takes no failure's exit code.
for (const output of [process.stdout, process.stderr])
  output.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

const words = process.argv.slice(2);
const memoryLimit = findMemoryLimit();
if (memoryLimit !== null)
  watchMemory(memoryLimit, (error) => {
    report(error);
    process.exit(error.exitCode);
  });
try {
  const { runCommandLine } = await import("./commands.js");
  const { createCommandContext } = await import("./commands/context.js");
  const { readEnvironment } = await import("./environment.js");
  await runCommandLine(words, createCommandContext(readEnvironment()));
} catch (error) {
  if (error instanceof SluiceError) {
    report(error);
    process.exitCode = error.exitCode;
  } else {
    const text =
      error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`sluice: this is a bug, please report it\n${text}\n`);
    process.exitCode = exitCodes.bug;
  }
}

function report(error: SluiceError): void {
  process.stderr.write(`sluice: ${error.message}\n`);
  if (words.some((word) => word === "--json" || word === "--json=true"))
    process.stdout.write(`${JSON.stringify(describeError(error))}\n`);
}

function describeError(error: SluiceError): object {
  const { code, exitCode, message, retryable } = error;
  return { error: { code, exit_code: exitCode, message, retryable } };
}
