import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Catalog } from "../catalog/catalog.js";
import { readCatalog, type UrlOverrides } from "../catalog/read-catalog.js";
import { tableSchemaFile } from "../catalog/table-schema-file.js";
import { CatalogError } from "../errors.js";

export interface CatalogDraft {
  readonly text: string;
  readonly type: string;
  /** The type's schema file. */
  readonly schema: string;
}

/**
 * Reads the catalog as it would be with this text and this schema file, beside the schema files that stand; writes nothing but in a folder
 * of its own. Throws CatalogError with every problem, named by the files that the drafts are for.
 */
export async function inspectDraft(
  catalog: Pick<Catalog, "file" | "directory">,
  draft: CatalogDraft,
  overrides: UrlOverrides,
): Promise<Catalog> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-add-"));
  try {
    const file = join(folder, basename(catalog.file));
    const schemaFile = join(folder, tableSchemaFile(draft.type));
    const standing = join(catalog.directory, dirname(tableSchemaFile("x")));
    await cp(standing, dirname(schemaFile), {
      recursive: true,
      dereference: true,
    }).catch(ignoreMissing);
    await mkdir(dirname(schemaFile), { recursive: true });
    await writeFile(file, draft.text);
    await writeFile(schemaFile, draft.schema);
    const read = await readCatalog(file, overrides);
    return { ...read, file: catalog.file, directory: catalog.directory };
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
    throw new CatalogError(
      error.problems.map((problem) => ({
        ...problem,
        file: problem.file.replace(folder, dirname(catalog.file)),
      })),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function ignoreMissing(error: unknown): void {
  const isMissing =
    error instanceof Error && "code" in error && error.code === "ENOENT";
  if (!isMissing) throw error;
}
