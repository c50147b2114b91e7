import { readFile } from "node:fs/promises";
import pLimit from "p-limit";
import { CatalogError, UsageError, type Problem } from "../errors.js";
import type { TableField } from "../schema/table-field.js";
import type { Catalog, LogType } from "./catalog.js";
import { checkShape } from "./check-shape.js";
import { decodeText } from "./decode-text.js";
import { normaliseCatalog } from "./normalise-catalog.js";
import { parseCatalog, type ParsedCatalog } from "./parse-catalog.js";
import { readTypeSchema } from "./read-type-schema.js";
import { findCatalogWarnings } from "./rules/find-catalog-warnings.js";
import type { RuleContext } from "./rules/rule.js";
import { rules } from "./rules/rules.js";
import { findStoreUrlFault, findWarehouseUrlFault } from "./service-url.js";

const openFiles = 16;

/** URLs from outside the catalog: from an option or the environment. They go before the catalog's own. */
export interface UrlOverrides {
  readonly source?: string;
  readonly stage?: string;
  readonly warehouse?: string;
}

/**
 * Reads the catalog and the schema files of all its types, and checks them against each other.
 * Throws CatalogError with every problem, UsageError where the file or an override can't be used at all.
 * @param parts Without the schema files, a fault in one of them stops nobody who needs none.
 */
export async function readCatalog(
  file: string,
  overrides: UrlOverrides = {},
  parts: "whole" | "without_schemas" = "whole",
): Promise<Catalog> {
  return (await inspectCatalog(file, overrides, parts)).catalog;
}

/** The same, with what is allowed in the catalog and yet costs. */
export async function inspectCatalog(
  file: string,
  overrides: UrlOverrides = {},
  parts: "whole" | "without_schemas" = "whole",
): Promise<{ catalog: Catalog; warnings: Problem[] }> {
  checkOverrides(overrides);
  const bytes = await readCatalogFile(file);
  const parsed = override(
    parseCatalog(decodeText(bytes, file), file),
    overrides,
  );
  if (parsed.problems.length > 0)
    throw new CatalogError(inOrder(parsed.problems));

  const shape = checkShape(parsed);
  const catalog = normaliseCatalog(shape.raw, file, bytes);
  const { schemas, problems: schemaProblems } = await readSchemas(
    catalog,
    parts === "whole" ? [...catalog.types.values()] : [],
  );
  const told = new Set(shape.problems.map((problem) => problem.path));
  const context: RuleContext = {
    ...parsed,
    raw: shape.raw,
    catalog,
    schemas,
    isLeftOut: (path) => told.has(parsed.problemAt(path, "").path),
  };
  const ruleProblems = rules.flatMap((rule) => rule(context));
  const problems = [
    ...inOrder([
      ...shape.problems,
      ...ruleProblems.filter(({ path }) => !told.has(path)),
    ]),
    ...schemaProblems,
  ];
  if (problems.length > 0) throw new CatalogError(problems);
  return { catalog, warnings: inOrder(findCatalogWarnings(context)) };
}

function checkOverrides(overrides: UrlOverrides): void {
  const checks = [
    ["source", overrides.source, findStoreUrlFault],
    ["stage", overrides.stage, findStoreUrlFault],
    ["warehouse", overrides.warehouse, findWarehouseUrlFault],
  ] as const;
  const faults = checks.flatMap(([name, url, findFault]) => {
    const fault = url === undefined ? null : findFault(url);
    return fault === null
      ? []
      : [`--${name} (SLUICE_${name.toUpperCase()}): ${fault}`];
  });
  if (faults.length > 0) throw new UsageError(faults.join("\n"));
}

async function readCatalogFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const isMissing =
      error instanceof Error && "code" in error && error.code === "ENOENT";
    throw new UsageError(
      isMissing
        ? `${file}: there is no such file; name the catalog with --catalog FILE`
        : `${file}: the catalog can't be read; name it with --catalog FILE (${String(error)})`,
      { cause: error },
    );
  }
}

function override(
  parsed: ParsedCatalog,
  overrides: UrlOverrides,
): ParsedCatalog {
  const { value } = parsed;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return parsed;
  const given = Object.entries(overrides).filter(
    ([, url]) => url !== undefined,
  );
  return { ...parsed, value: { ...value, ...Object.fromEntries(given) } };
}

async function readSchemas(
  catalog: Catalog,
  types: readonly LogType[],
): Promise<{
  schemas: ReadonlyMap<string, readonly TableField[]>;
  problems: Problem[];
}> {
  const schemas = new Map<string, readonly TableField[]>();
  const limit = pLimit(openFiles);
  const problems = await limit.map(types, async (type) => {
    try {
      schemas.set(type.name, await readTypeSchema(catalog, type));
      return [];
    } catch (error) {
      if (error instanceof CatalogError) return error.problems;
      throw error;
    }
  });
  return { schemas, problems: problems.flat() };
}

function inOrder(problems: readonly Problem[]): Problem[] {
  return problems.toSorted(
    (one, other) => one.line - other.line || one.column - other.column,
  );
}
