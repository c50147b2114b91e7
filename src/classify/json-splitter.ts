import { isUtf8 } from "node:buffer";
import type { SetAsideReason } from "./manifest.js";
import type { RefusedLine, Splitter, TypeSlice } from "./splitter.js";
import { wrapColumns } from "./wrap-columns.js";

const lf = 0x0a;
const cr = 0x0d;
const newline = Buffer.from("\n");
const safeTypeName = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/**
 * A splitter that parses every line. The first reason that holds is the line's: not_utf8, not_json, not_object, no_type, bad_type_name.
 * @param typeKey Path of own members; arrays are not walked.
 * @param wrapped Columns to wrap as text, by type.
 */
export function createJsonSplitter(
  typeKey: readonly string[],
  wrapped: ReadonlyMap<string, ReadonlySet<string>>,
): Splitter {
  return {
    split(bytes) {
      const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      const allUtf8 = isUtf8(block);
      const groups = new Map<string, { rows: number; pieces: Uint8Array[] }>();
      const refused: RefusedLine[] = [];
      let lines = 0;
      let blank = 0;

      for (let start = 0, end: number; start < block.length; start = end + 1) {
        end = block.indexOf(lf, start);
        const line = block.subarray(start, end);
        lines += 1;
        if (isBlank(line)) {
          blank += 1;
          continue;
        }
        const routed = route(line, allUtf8, typeKey);
        if ("reason" in routed) {
          refused.push({
            ...routed,
            line: lines - 1,
            offset: start,
            bytes: line,
          });
          continue;
        }
        let group = groups.get(routed.type);
        if (group === undefined)
          groups.set(routed.type, (group = { rows: 0, pieces: [] }));
        group.rows += 1;
        const columns = wrapped.get(routed.type);
        const rewritten =
          columns === undefined
            ? null
            : wrapColumns(withoutCr(line).toString(), columns);
        if (rewritten !== null)
          group.pieces.push(Buffer.from(rewritten), newline);
        else if (line.at(-1) === cr)
          group.pieces.push(withoutCr(line), newline);
        else group.pieces.push(block.subarray(start, end + 1));
      }

      const slices: TypeSlice[] = [];
      for (const [type, { rows, pieces }] of groups) {
        const [only] = pieces;
        slices.push({
          type,
          rows,
          bytes:
            pieces.length === 1 && only !== undefined
              ? only
              : Buffer.concat(pieces),
        });
      }
      return { lines, blank, slices, refused };
    },
  };
}

function route(
  line: Buffer,
  isKnownUtf8: boolean,
  typeKey: readonly string[],
): { type: string } | { reason: SetAsideReason } {
  if (!isKnownUtf8 && !isUtf8(line)) return { reason: "not_utf8" };
  let value: unknown;
  try {
    value = JSON.parse(line.toString());
  } catch {
    return { reason: "not_json" };
  }
  if (!isObject(value)) return { reason: "not_object" };
  let step: unknown = value;
  for (const key of typeKey) {
    if (!isObject(step) || !Object.hasOwn(step, key))
      return { reason: "no_type" };
    step = step[key];
  }
  if (typeof step !== "string") return { reason: "no_type" };
  return safeTypeName.test(step) ? { type: step } : { reason: "bad_type_name" };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isBlank(line: Buffer): boolean {
  for (const byte of line) {
    if (byte !== 0x20 && byte !== 0x09 && byte !== cr) return false;
  }
  return true;
}

function withoutCr(line: Buffer): Buffer {
  return line.at(-1) === cr ? line.subarray(0, -1) : line;
}
