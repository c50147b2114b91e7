import { randomBytes } from "node:crypto";
import { exitCodes } from "../errors.js";
import type { AddCommand } from "./context.js";

const addDoctor: AddCommand = (yargs, context) =>
  yargs.command(
    "doctor",
    "Try each permission that the jobs need on the configured services, and say what to grant",
    (options) =>
      options.example(
        "$0 doctor",
        `Exit 0 where all is granted, ${exitCodes.serviceFailed} where something is refused`,
      ),
    async (args) => {
      const { doctor } = await import("../../jobs/doctor.js");
      const { formatChecks } = await import("../doctor/format-checks.js");
      const catalog = await context.openCatalog(args, "without_schemas");
      const result = await doctor(
        { catalog, probeName: randomBytes(8).toString("hex") },
        {
          openSource: () => context.openSource(catalog),
          openStage: () => context.openStage(catalog),
          openWarehouse: () => context.openWarehouse(catalog),
          clock: () => new Date(),
        },
      );
      context.finish(args, result, formatChecks(result.rows));
      if (result.failed > 0) process.exitCode = exitCodes.serviceFailed;
    },
  );

const addLifecycle: AddCommand = (yargs, context) =>
  yargs.command(
    "lifecycle",
    "Print the catalog's retention as lifecycle rules of the stage's bucket; how to apply them goes to standard error",
    (options) =>
      options.example(
        "$0 lifecycle > lifecycle.json",
        "Changes nothing, here or there",
      ),
    async (args) => {
      const { lifecycle } = await import("../../jobs/lifecycle.js");
      const catalog = await context.openCatalog(args, "without_schemas");
      const { configuration, notes } = lifecycle({ catalog });
      for (const note of notes) process.stderr.write(`${note}\n`);
      const words =
        "commands" in configuration
          ? configuration.commands.join("\n") || "# nothing expires"
          : JSON.stringify(configuration, null, 2);
      context.finish(args, configuration, words);
    },
  );

export const serviceCommands: readonly AddCommand[] = [addDoctor, addLifecycle];
