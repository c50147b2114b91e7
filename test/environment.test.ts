import { expect } from "chai";
import { readEnvironment } from "../src/environment.js";
import { UsageError } from "../src/errors.js";
import { createLog } from "../src/log.js";

describe("the environment", () => {
  for (const [text, level] of [
    ["", "info"],
    ["warn", "warn"],
    ["WARNING", "warn"],
    ["Warning", "warn"],
    ["CRITICAL", "fatal"],
    ["INFO", "info"],
    ["DEBUG", "debug"],
    ["silent", "silent"],
    ["trace", "trace"],
    ["error", "error"],
    ["fatal", "fatal"],
  ] as const)
    it(`takes the log level ${JSON.stringify(text)} as ${level}, which the log knows`, async () => {
      const { logLevel } = readEnvironment({ SLUICE_LOG_LEVEL: text });
      expect(logLevel).to.equal(level);
      await createLog({ level: logLevel, terminal: false });
    });

  for (const text of ["loud", "WARNINGS", "30", "constructor"])
    it(`refuses the log level ${text}`, () => {
      expect(() => readEnvironment({ SLUICE_LOG_LEVEL: text })).to.throw(
        UsageError,
        `SLUICE_LOG_LEVEL: "${text}" is no level: expected one of trace, debug, info, warn, error, fatal, silent`,
      );
    });
});
