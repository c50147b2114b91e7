import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileScanner } from "../../../scripts/compile-scanner.js";
import { findScanFault } from "./find-scan-fault.js";
import type { Mutant } from "./mutants.js";

/** Null: the scanner as it is. */
export type MutantJob = Mutant | null;

export type MutantAnswer =
  /** How the suite caught it. */
  | { readonly kind: "caught"; readonly by: string }
  | { readonly kind: "survived" }
  /** It could not be planted, or does not compile. */
  | { readonly kind: "broken"; readonly problem: string };

const source = "src/classify/scanner/assembly";
const seed = Number(process.argv[2]);

Error.stackTraceLimit = 0;
process.on("message", ({ job }: { readonly job: MutantJob }) => {
  void tryMutant(job).then((answer) => process.send?.(answer));
});

async function tryMutant(mutant: MutantJob): Promise<MutantAnswer> {
  let scanner: WebAssembly.Module;
  try {
    scanner = await compileMutant(mutant);
  } catch (error) {
    return { kind: "broken", problem: String(error) };
  }
  try {
    const fault = findScanFault(scanner, seed);
    return fault === null
      ? { kind: "survived" }
      : { kind: "caught", by: fault };
  } catch (error) {
    return { kind: "caught", by: String(error) };
  }
}

async function compileMutant(mutant: MutantJob): Promise<WebAssembly.Module> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-mutant-"));
  try {
    await cp(source, folder, { recursive: true });
    if (mutant !== null) {
      const path = join(folder, mutant.file);
      const text = await readFile(path, "utf8");
      const pieces = text.split(mutant.find);
      if (pieces.length !== 2)
        throw new Error(
          `${source}/${mutant.file} holds ${JSON.stringify(mutant.find)} ${pieces.length - 1} times, not once; mend test/classify/scanner/mutants.ts`,
        );
      await writeFile(path, pieces.join(mutant.replace));
    }
    const { contents } = await compileScanner(folder, "-O0");
    return new WebAssembly.Module(Uint8Array.from(contents));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
