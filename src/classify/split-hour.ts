import type { Catalog } from "../catalog/catalog.js";
import { DataRefusedError } from "../errors.js";
import type { ObjectInfo, ObjectStore } from "../ports/object-store.js";
import { cutBlocks } from "./cut-blocks.js";
import { createJsonSplitter } from "./json-splitter.js";
import { setAsideReasons, type SetAsideReason } from "./manifest.js";
import { openInputs } from "./open-inputs.js";
import { formatSetAside, type SetAsideLine } from "./set-aside-record.js";
import type { Spool } from "./spool.js";

const maxUnknownTypes = 10_000;

/** Spool name of the set-aside lines; no type name starts with `_`. */
export const setAsideName = "_set_aside";

export interface SplitCounts {
  readonly lines: number;
  readonly blank: number;
  readonly reasons: Readonly<Partial<Record<SetAsideReason, number>>>;
  /** Rows by type. */
  readonly rows: ReadonlyMap<string, number>;
  /** Plain bytes of the lines, newlines included. */
  readonly bytes: number;
}

/**
 * Routes every line of the objects into the spool, under its type's name or `_set_aside`, in the order of objects and lines.
 * Throws DataRefusedError on a damaged object, too many unknown types, or more set aside than the catalog allows.
 */
export async function splitHour(
  catalog: Catalog,
  source: ObjectStore,
  inputs: readonly ObjectInfo[],
  spool: Spool,
  options: { readonly concurrency: number; readonly maxLineBytes: number },
): Promise<SplitCounts> {
  const splitter = createJsonSplitter(
    catalog.typeKey,
    new Map(
      [...catalog.types.values()]
        .filter((type) => type.wrapped.length > 0)
        .map((type) => [type.name, new Set(type.wrapped)]),
    ),
  );
  const rows = new Map<string, number>();
  const reasons = new Map<SetAsideReason, number>();
  let lines = 0;
  let blank = 0;
  let bytes = 0;
  let unknownTypes = 0;

  const countRows = (type: string, count: number): void => {
    const known = rows.get(type);
    if (known === undefined && !catalog.types.has(type)) unknownTypes += 1;
    if (unknownTypes > maxUnknownTypes) {
      throw new DataRefusedError(
        `${source.url}: more than ${maxUnknownTypes} types that the catalog lacks (the last one: ${type}); nothing was committed. ` +
          `Is ${catalog.typeKey.join(".")} the right type_key?`,
      );
    }
    rows.set(type, (known ?? 0) + count);
  };
  const setAside = async (line: SetAsideLine): Promise<void> => {
    reasons.set(line.reason, (reasons.get(line.reason) ?? 0) + 1);
    await spool.append(setAsideName, 1, formatSetAside(line));
  };

  for (const { input, body } of openInputs(
    source,
    inputs,
    options.concurrency,
  )) {
    let lineBase = 1;
    for await (const block of cutBlocks(body, options.maxLineBytes)) {
      if (block.kind === "too_long") {
        await setAside({
          reason: "too_long",
          source: input.key,
          line: lineBase,
          offset: block.offset,
          lengthBytes: block.lengthBytes,
          bytes: block.head,
        });
        bytes += block.lengthBytes + 1;
        lines += 1;
        lineBase += 1;
        continue;
      }
      const split = splitter.split(block.bytes);
      for (const slice of split.slices) {
        countRows(slice.type, slice.rows);
        await spool.append(slice.type, slice.rows, slice.bytes);
      }
      for (const refused of split.refused) {
        await setAside({
          reason: refused.reason,
          source: input.key,
          line: lineBase + refused.line,
          offset: block.offset + refused.offset,
          lengthBytes: refused.bytes.length,
          bytes: refused.bytes,
        });
      }
      bytes += block.bytes.length;
      lines += split.lines;
      lineBase += split.lines;
      blank += split.blank;
    }
  }
  const counts = {
    lines,
    blank,
    bytes,
    rows,
    reasons: Object.fromEntries(
      setAsideReasons.flatMap((reason) => {
        const count = reasons.get(reason);
        return count === undefined ? [] : [[reason, count]];
      }),
    ),
  };
  refuseTooMuchSetAside(catalog, source, counts);
  return counts;
}

function refuseTooMuchSetAside(
  catalog: Catalog,
  source: ObjectStore,
  counts: SplitCounts,
): void {
  if (catalog.maxSetAside === null) return;
  const filled = counts.lines - counts.blank;
  const reasons = Object.entries(counts.reasons);
  const setAside = reasons.reduce((sum, [, count]) => sum + count, 0);
  if (setAside <= filled * catalog.maxSetAside) return;
  throw new DataRefusedError(
    `${source.url}: ${setAside} of ${filled} lines would be set aside (${reasons
      .map(([reason, count]) => `${reason} ${count}`)
      .join(
        ", ",
      )}), more than max_set_aside ${catalog.maxSetAside} in ${catalog.file} allows; ` +
      "nothing was committed. Mend the source, or raise max_set_aside",
  );
}
