import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

export interface BuiltFile {
  readonly path: string;
  readonly contents: Uint8Array;
}

const run = promisify(execFile);

/** Run as a program: what it declares for those who import it would change the types of strings and arrays everywhere. */
const compiler = join(
  dirname(
    createRequire(import.meta.url).resolve("assemblyscript/package.json"),
  ),
  "bin/asc.js",
);

/** `noAssert`: the scanner bounds its memory by its own rules. `abort`: it never does, so it imports nothing. */
const options = [
  "--noAssert",
  "--runtime",
  "stub",
  "--use",
  "abort=",
  "--enable",
  "simd",
  "--enable",
  "bulk-memory",
];

/**
 * Compiles AssemblyScript to WebAssembly with SIMD. Throws with the compiler's words where it does not compile.
 * @param source The folder of its `index.ts`.
 * @param level Without optimization it compiles in half the time, and does the same more slowly.
 */
export async function compileScanner(
  source = "src/classify/scanner/assembly",
  level: "-O3" | "-O0" = "-O3",
): Promise<BuiltFile> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-scanner-"));
  const file = join(folder, "scanner.wasm");
  try {
    await run(process.execPath, [
      compiler,
      join(source, "index.ts"),
      "--outFile",
      file,
      level,
      ...options,
    ]);
    return { path: "dist/scanner.wasm", contents: await readFile(file) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
