import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuiltFile } from "./compile-scanner.js";

/**
 * The licences of the packages that a bundle was made of, each text once: whoever passes the bundle on passes these on with it.
 * @param inputs Paths of the files that were bundled.
 */
export async function collectLicences(
  inputs: readonly string[],
): Promise<BuiltFile> {
  const folders = new Set(
    inputs.flatMap((path) => {
      const match = /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
      return match?.[1] === undefined ? [] : [match[1]];
    }),
  );
  const packagesByText = new Map<string, string[]>();
  for (const folder of [...folders].sort()) {
    const { name, text } = await readLicence(folder);
    packagesByText.set(text, [...(packagesByText.get(text) ?? []), name]);
  }
  const sections = [...packagesByText].map(
    ([text, names]) => `${[...new Set(names)].join("\n")}\n\n${text}\n`,
  );
  const contents = Buffer.from(sections.join(`\n${"-".repeat(80)}\n\n`));
  return { path: "dist/LICENCES.txt", contents };
}

async function readLicence(folder: string) {
  const { name, version, license } = JSON.parse(
    await readFile(join(folder, "package.json"), "utf8"),
  ) as { name?: string; version?: string; license?: string };
  const files = await listLicenceFiles(folder);
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return {
    name: `${name ?? folder} ${version ?? ""}`.trim(),
    text: texts.join("\n").trim() || `Licence: ${license ?? "none is named"}`,
  };
}

/** Some packages have a folder of them: their own, and those of code that they contain. */
async function listLicenceFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = entries
    .filter(({ name }) => /^(licen[cs]e|notice|copying)/i.test(name))
    .map(async (entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory()
        ? (await readdir(path)).map((name) => join(path, name))
        : [path];
    });
  return (await Promise.all(found)).flat();
}
