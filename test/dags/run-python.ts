import { execFileSync } from "node:child_process";

/** Runs a Python 3 program from the PATH with this JSON on its standard input, and reads the JSON that it prints. */
export function runPython(program: string, input: unknown): unknown {
  const output = execFileSync("python3", ["-c", program], {
    input: JSON.stringify(input),
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: {
      PATH: process.env["PATH"] ?? "",
      PYTHONIOENCODING: "utf-8",
      PYTHONDONTWRITEBYTECODE: "1",
    },
  });
  return JSON.parse(output);
}
