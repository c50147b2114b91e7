export const hourOption = {
  type: "string",
  demandOption: true,
  requiresArg: true,
  describe: "The folder hour, in UTC, like 2026-11-21T03",
} as const;
