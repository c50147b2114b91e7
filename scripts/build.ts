import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { build } from "esbuild";
import { collectLicences } from "./collect-licences.js";
import type { BuiltFile } from "./compile-scanner.js";
import { compilePage } from "./compile-page.js";
import { compileScanner } from "./compile-scanner.js";
import { compileValidators } from "./compile-validators.js";
import { fastStringWidth } from "./fast-string-width.js";
import { requireNativePackages } from "./require-native-packages.js";

const entries = ["src/main.ts", "src/split-worker.ts"];

/** Bundled CommonJS packages call `require` for Node's own modules; an ES module has none. */
const requireForCommonJs =
  'import { createRequire as createBundleRequire } from "node:module"; const require = createBundleRequire(import.meta.url);';

const page = await compilePage();
const files = [
  ...(await bundleProgram(page.inputs)),
  ...page.files,
  await compileScanner(),
];
await rm("dist", { recursive: true, force: true });
for (const { path, contents } of files) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}
await chmod("dist/src/main.js", 0o755);

/** The program, in a chunk for each command, so that a command reads and compiles only what it runs. */
async function bundleProgram(
  otherInputs: readonly string[],
): Promise<BuiltFile[]> {
  const { outputFiles, metafile } = await build({
    entryPoints: entries,
    outdir: "dist",
    outbase: ".",
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    // ES modules where a package has both: only what is used of them is bundled, and names survive an import() of them.
    mainFields: ["module", "main"],
    target: "node20",
    plugins: [compileValidators, fastStringWidth, requireNativePackages],
    banner: { js: requireForCommonJs },
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
    write: false,
  });
  const inputs = [...Object.keys(metafile.inputs), ...otherInputs];
  return [...outputFiles, await collectLicences(inputs)];
}
