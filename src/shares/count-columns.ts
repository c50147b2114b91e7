import { DataRefusedError } from "../errors.js";
import type { ColumnCounts } from "../ports/warehouse.js";
import type { TableField } from "../schema/table-field.js";
import { listCounts, openRecord } from "./column-counters.js";
import { countParsedRow } from "./count-parsed-row.js";
import { createRowScanner } from "./scan-row.js";

/** NDJSON, plain. */
export interface CountedSource {
  readonly key: string;
  open(): Promise<AsyncIterable<Uint8Array>>;
}

const newline = 0x0a;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Counts null, missing, 0 and empty in each column of the schema, over every row of the sources, in the schema's order. What fits no
 * column is left to the load. Memory grows with the schema and the longest line, not with the rows.
 */
export async function countColumns(
  fields: readonly TableField[],
  sources: readonly CountedSource[],
): Promise<readonly ColumnCounts[]> {
  const top = openRecord(fields, "");
  let objects = 0;
  const nextRecord = () => (objects += 1);
  const scan = createRowScanner(top, nextRecord);
  for (const source of sources) {
    let line = 0;
    await eachLine(await source.open(), (bytes, start, end) => {
      line += 1;
      if (scan(bytes, start, end)) return;
      const text = decoder.decode(bytes.subarray(start, end));
      if (countParsedRow(top, text, nextRecord)) return;
      throw new DataRefusedError(
        `${source.key}:${line} is not a JSON object: classify the hour again`,
      );
    });
  }
  return listCounts(top);
}

/** Lines without their newline, as they lie in blocks; the last one with or without it. */
async function eachLine(
  body: AsyncIterable<Uint8Array>,
  take: (bytes: Uint8Array, start: number, end: number) => void,
): Promise<void> {
  let rest: Uint8Array[] = [];
  for await (const block of body) {
    let start = 0;
    for (;;) {
      const end = block.indexOf(newline, start);
      if (end === -1) break;
      if (rest.length === 0) take(block, start, end);
      else {
        const whole = Buffer.concat([...rest, block.subarray(start, end)]);
        rest = [];
        take(whole, 0, whole.length);
      }
      start = end + 1;
    }
    // A block may be used again for the next one.
    if (start < block.length) rest.push(new Uint8Array(block.subarray(start)));
  }
  if (rest.length === 0) return;
  const whole = Buffer.concat(rest);
  take(whole, 0, whole.length);
}
