import { compileRowJudge } from "../../src/schema/judge-row.js";
import { CatalogError } from "../../src/errors.js";
import { parseTableSchema } from "../../src/schema/read-table-schema.js";
import type { OddCase } from "./odd-cases.js";

export interface CasesVerdict {
  readonly cases: number;
  readonly rows: number;
  /** Titles of the cases of which a row would be refused. */
  readonly refused: readonly string[];
}

/** Judges each case's rows by the schema that a tool made of them, as the load would; null where it made none. */
export function judgeCases(
  cases: readonly OddCase[],
  schemas: readonly (string | null)[],
): CasesVerdict {
  let rows = 0;
  const refused: string[] = [];
  for (const [index, { title, rows: lines }] of cases.entries()) {
    const fitting = countFitting(schemas[index] ?? null, lines);
    rows += fitting;
    if (fitting < lines.length) refused.push(title);
  }
  return { cases: cases.length - refused.length, rows, refused };
}

function countFitting(schema: string | null, lines: readonly string[]): number {
  if (schema === null) return 0;
  try {
    const judge = compileRowJudge(parseTableSchema(schema, "schema"));
    return lines.filter((line) => "cells" in judge(line)).length;
  } catch (error) {
    // A schema file that BigQuery would refuse.
    if (error instanceof CatalogError) return 0;
    throw error;
  }
}
