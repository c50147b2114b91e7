import { execFile } from "node:child_process";
import { join } from "node:path";
import { findPackageRoot } from "../../src/package-root.js";

const program = join(findPackageRoot(), "dist", "src", "main.js");

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built program in an environment of these variables, and of no other setting of sluice or a cloud. */
export function runSluice(
  words: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const { PATH = "", HOME = "" } = process.env;
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, ...words],
      {
        env: { PATH, HOME, SLUICE_LOG_LEVEL: "warn", ...variables },
        maxBuffer: 64 * 1024 ** 2,
        timeout: 900_000,
      },
      (error, stdout, stderr) => {
        if (error?.killed === true || typeof error?.code === "string")
          reject(new Error(`sluice ${words.join(" ")}`, { cause: error }));
        else
          resolve({
            exitCode: error === null ? 0 : Number(error.code),
            stdout,
            stderr,
          });
      },
    );
  });
}

/** The same, where it must end well; its standard output. */
export async function requireSluice(
  words: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await runSluice(words, variables);
  if (exitCode === 0) return stdout;
  throw new Error(
    `sluice ${words.join(" ")}: exit ${exitCode}\n${stdout}${stderr}`,
  );
}
