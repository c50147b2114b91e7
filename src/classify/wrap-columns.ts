import { parseJson } from "../json/parse-json.js";

/**
 * The line with every top-level member of these names turned into text: a string and null stay as they are, any other
 * value becomes its JSON text, as it was spelled, in a string. A repeated member is turned each time it comes.
 * Null where nothing changes. `line` must be a JSON object.
 */
export function wrapColumns(
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
