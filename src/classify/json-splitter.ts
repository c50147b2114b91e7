import { isUtf8 } from "node:buffer";
import { createLineCutter } from "./line-cutter.js";
import { routeLine } from "./route-line.js";
import type { Splitter, SplitSink, SplitterOptions } from "./splitter.js";

const lf = 0x0a;
const cr = 0x0d;
const newline = Buffer.from("\n");

/** A splitter that parses every line. */
export function createJsonSplitter(
  sink: SplitSink,
  { typeKey, maxLineBytes }: SplitterOptions,
): Splitter {
  let lines = 0;
  let blank = 0;

  const splitLines = (block: Buffer, offset: number): void => {
    const allUtf8 = isUtf8(block);
    const groups = new Map<string, Uint8Array[]>();
    for (let start = 0, end: number; start < block.length; start = end + 1) {
      end = block.indexOf(lf, start);
      const line = block.subarray(start, end);
      lines += 1;
      if (isBlank(line)) {
        blank += 1;
        continue;
      }
      const route = routeLine(line, allUtf8, typeKey);
      if ("reason" in route) {
        sink.takeRefused({
          reason: route.reason,
          line: lines,
          offset: offset + start,
          lengthBytes: line.length,
          bytes: line,
        });
        continue;
      }
      let group = groups.get(route.type);
      if (group === undefined) groups.set(route.type, (group = []));
      group.push(
        line.at(-1) === cr
          ? Buffer.concat([line.subarray(0, -1), newline])
          : block.subarray(start, end + 1),
      );
    }
    for (const [type, group] of groups) {
      const [only] = group;
      const bytes =
        group.length === 1 && only !== undefined ? only : Buffer.concat(group);
      sink.takeLines(type, group.length, bytes);
    }
  };

  const cutter = createLineCutter(maxLineBytes, (block) => {
    if (block.kind === "lines") {
      splitLines(block.bytes, block.offset);
      return;
    }
    lines += 1;
    sink.takeRefused({
      reason: "too_long",
      line: lines,
      offset: block.offset,
      lengthBytes: block.lengthBytes,
      bytes: block.head,
    });
  });

  return {
    kind: "json_parse",
    push(bytes) {
      cutter.push(bytes);
    },
    end() {
      const bytes = cutter.end();
      const counts = { lines, blank, bytes };
      [lines, blank] = [0, 0];
      return counts;
    },
    flush() {
      // Nothing is held back.
    },
  };
}

function isBlank(line: Buffer): boolean {
  for (const byte of line) {
    if (byte !== 0x20 && byte !== 0x09 && byte !== cr) return false;
  }
  return true;
}
