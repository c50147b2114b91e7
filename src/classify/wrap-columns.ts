import { parseJson } from "../json/parse-json.js";

/**
 * The line with every top-level member of these names turned into text: a string and null stay as they are, any other
 * value becomes its JSON text, as it was spelled, in a string. A repeated member is turned each time it comes.
 * Null where nothing changes. `line` must be a JSON object.
 */
function wrapColumns(
  line: string,
  columns: ReadonlySet<string>,
): string | null {
  const object = parseJson(line);
  if (object.kind !== "object") return null;
  const pieces: string[] = [];
  let copied = 0;
  for (const { key, value } of object.members) {
    if (!columns.has(key) || value.kind === "string" || value.kind === "null")
      continue;
    pieces.push(
      line.slice(copied, value.start),
      JSON.stringify(line.slice(value.start, value.end)),
    );
    copied = value.end;
  }
  return copied === 0 ? null : pieces.join("") + line.slice(copied);
}

/** The same for whole lines, each ended by LF. */
export function wrapLines(
  lines: Uint8Array,
  columns: ReadonlySet<string>,
): Uint8Array {
  const block = Buffer.from(lines.buffer, lines.byteOffset, lines.length);
  const pieces: Uint8Array[] = [];
  let isChanged = false;
  for (let start = 0, end: number; start < block.length; start = end + 1) {
    end = block.indexOf(0x0a, start);
    const rewritten = wrapColumns(block.toString("utf8", start, end), columns);
    if (rewritten === null) {
      pieces.push(block.subarray(start, end + 1));
    } else {
      isChanged = true;
      pieces.push(Buffer.from(`${rewritten}\n`));
    }
  }
  return isChanged ? Buffer.concat(pieces) : lines;
}
