import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of sluice's own package.json: dag-templates/ and schemas/ lie beside it, from the sources and from dist/ alike. */
export function findPackageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, "package.json")))
    directory = dirname(directory);
  return directory;
}
