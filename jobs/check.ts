import {
  inspectCatalog,
  type UrlOverrides,
} from "../src/catalog/read-catalog.js";
import { findDagProblems } from "../src/dags/find-dag-problems.js";
import { findDagWarnings } from "../src/dags/find-dag-warnings.js";
import { CatalogError, type Problem } from "../src/errors.js";

export interface CheckOptions {
  readonly catalogFile: string;
  readonly overrides: UrlOverrides;
}

export interface CheckResult {
  /** Number of types whose entry and schema file were checked; 0 where the catalog itself is at fault. */
  readonly types: number;
  /** In the catalog and its schema files. */
  readonly problems: readonly Problem[];
  /** What is allowed in the catalog and yet costs. */
  readonly warnings: readonly Problem[];
  /** In the generated DAGs, a sentence each; looked for only where the catalog is sound. */
  readonly dag_problems: readonly string[];
  /** What these DAGs will do and their author may not think of. */
  readonly dag_warnings: readonly string[];
}

/** Checks the catalog, every schema file, the tables that they make, and the generated DAGs. */
export async function check(options: CheckOptions): Promise<CheckResult> {
  try {
    const { catalog, warnings } = await inspectCatalog(
      options.catalogFile,
      options.overrides,
    );
    return {
      types: catalog.types.size,
      problems: [],
      warnings,
      dag_problems: await findDagProblems(catalog),
      dag_warnings: await findDagWarnings(catalog),
    };
  } catch (error) {
    if (error instanceof CatalogError)
      return {
        types: 0,
        problems: error.problems,
        warnings: [],
        dag_problems: [],
        dag_warnings: [],
      };
    throw error;
  }
}
