import { DataRefusedError } from "../errors.js";
import { readLines } from "../json/read-lines.js";
import type { ObjectStore } from "../ports/object-store.js";
import { createMisfitCollector } from "../schema/misfit-collector.js";
import { listTopReasons, type ToldReasons } from "./describe-reasons.js";
import type { QuarantinedRow } from "./set-aside-rows.js";

/** Why the rows of a quarantine file were set aside, the most frequent first, ten at most; null where there is no such file. */
export async function readReasons(
  stage: ObjectStore,
  key: string,
): Promise<ToldReasons | null> {
  const object = await stage.get(key);
  if (object === null) return null;
  const collector = createMisfitCollector();
  let line = 0;
  for await (const text of readLines(object.body)) {
    line += 1;
    const row = parseRow(text);
    if (row === null)
      throw new DataRefusedError(
        `${stage.uri(key)}:${line} is no row that was set aside: somebody changed the file. sluice load writes it anew`,
      );
    collector.add(row.misfits, row.source, row.line, row.row);
  }
  return listTopReasons(collector);
}

function parseRow(text: string): QuarantinedRow | null {
  let row: Partial<QuarantinedRow> | null;
  try {
    row = JSON.parse(text) as Partial<QuarantinedRow> | null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const isRow =
    typeof row?.source === "string" &&
    typeof row.line === "number" &&
    typeof row.row === "string" &&
    Array.isArray(row.misfits) &&
    row.misfits.every(isMisfit);
  return isRow ? (row as QuarantinedRow) : null;
}

function isMisfit(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { column, expected, found } = value as Record<string, unknown>;
  return [column, expected, found].every((text) => typeof text === "string");
}
