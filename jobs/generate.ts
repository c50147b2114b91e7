import { createTwoFilesPatch } from "diff";
import type { Catalog } from "../src/catalog/catalog.js";
import {
  applyDagChanges,
  defaultDagDirectory,
  describeChange,
  planDags,
} from "../src/dags/generate.js";
import { DataRefusedError } from "../src/errors.js";

export interface GenerateOptions {
  readonly catalog: Catalog;
  /** Default: `generated-dags` beside the catalog. */
  readonly outDir?: string;
  readonly mode: "write" | "check" | "diff";
  /** Deals every minute anew. */
  readonly rebalance?: boolean;
}

export interface GenerateResult {
  readonly outDir: string;
  /** Names of the files that were written; in mode diff, that would be. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
  /** Unified; empty unless in mode diff. */
  readonly diff: string;
}

/** Renders the DAGs. Mode check throws DataRefusedError, which names every file that is changed, missing or left over. */
export async function generate(
  options: GenerateOptions,
): Promise<GenerateResult> {
  const outDir = options.outDir ?? defaultDagDirectory(options.catalog);
  const { changes, unchanged } = await planDags(options.catalog, outDir, {
    rebalance: options.rebalance ?? false,
  });
  if (options.mode === "check" && changes.length > 0)
    throw new DataRefusedError(
      changes.map((change) => describeChange(outDir, change)).join("\n"),
    );
  if (options.mode === "write" && changes.length > 0)
    await applyDagChanges(outDir, changes);
  return {
    outDir,
    written: changes
      .filter(({ after }) => after !== null)
      .map(({ name }) => name),
    removed: changes
      .filter(({ after }) => after === null)
      .map(({ name }) => name),
    unchanged,
    diff:
      options.mode === "diff"
        ? changes
            .map(({ name, before, after }) =>
              createTwoFilesPatch(
                before === null ? "/dev/null" : `a/${name}`,
                after === null ? "/dev/null" : `b/${name}`,
                before ?? "",
                after ?? "",
              ),
            )
            .join("")
        : "",
  };
}
