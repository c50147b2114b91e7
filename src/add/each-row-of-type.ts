import { routeLine } from "../classify/route-line.js";
import { wrapLines } from "../classify/wrap-columns.js";
import { UsageError } from "../errors.js";
import { quoteFound } from "../schema/quote-found.js";
import { suggestName } from "../schema/suggest-name.js";
import type { SampleRow } from "../schema/value-shape.js";
import { eachSampleRow, type Sample } from "./each-sample-row.js";
import { listNames } from "./staged-type.js";

export interface RowType {
  readonly name: string;
  readonly typeKey: readonly string[];
  /** Columns that classify turns to text. */
  readonly wrapped: readonly string[];
}

const typesCounted = 10_000;

/**
 * Gives the rows of one type as the stage has them, with its wrapped columns as texts, and the rows that are of no type; null: every row,
 * as it is. Resolves to the number of rows of other types. Throws UsageError where all are of other types.
 */
export async function eachRowOfType(
  samples: readonly Sample[],
  type: RowType | null,
  take: (row: SampleRow) => void,
): Promise<number> {
  if (type === null) {
    await eachSampleRow(samples, take);
    return 0;
  }
  const { name, typeKey } = type;
  const wrapped = new Set(type.wrapped);
  const others = new Set<string>();
  let taken = 0;
  let skipped = 0;
  await eachSampleRow(samples, (row) => {
    const line = Buffer.from(`${row.text}\n`);
    const route = routeLine(line, true, typeKey);
    if ("type" in route && route.type !== name) {
      skipped += 1;
      if (others.size < typesCounted) others.add(route.type);
      return;
    }
    taken += 1;
    const isWrapped = wrapped.size > 0 && "type" in route;
    take(isWrapped ? { ...row, text: wrapText(line, wrapped) } : row);
  });
  if (taken > 0 || skipped === 0) return skipped;
  const names = [...others];
  throw new UsageError(
    `no line of the samples has ${quoteFound(name)} at ${typeKey.join(".")}${suggestName(name, names)}; they are of the types ${listNames(names)}`,
  );
}

function wrapText(line: Uint8Array, columns: ReadonlySet<string>): string {
  return Buffer.from(wrapLines(line, columns)).toString().slice(0, -1);
}
