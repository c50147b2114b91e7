import { parseJson, type JsonNode } from "../json/parse-json.js";
import { findMask, holdsMasked } from "./find-mask.js";

const hiddenValue = '"***"';

/**
 * A row for messages: the values that the mask hides (see findMask) are "***", null stays, all else is as it came. A text or number
 * that stands in place of an object with masked columns is hidden too: it may be that object, written as text. Of what is no JSON
 * object only the length is told.
 */
export function maskRow(text: string, mask: readonly string[]): string {
  if (mask.length === 0) return text;
  const row = parseRow(text);
  if (row?.kind !== "object")
    return `(${Buffer.byteLength(text)} bytes that are no JSON object; not shown, as columns are masked)`;
  const parts: string[] = [];
  let end = 0;
  for (const hidden of findHidden(row, mask)) {
    parts.push(text.slice(end, hidden.start), hiddenValue);
    end = hidden.end;
  }
  return parts.join("") + text.slice(end);
}

function parseRow(text: string): JsonNode | null {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** In their order. No recursion: arrays may be nested as deep as memory allows. */
function findHidden(row: JsonNode, mask: readonly string[]): JsonNode[] {
  const hidden: JsonNode[] = [];
  const open: { readonly node: JsonNode; readonly path: string | null }[] = [
    { node: row, path: null },
  ];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { node, path } = place;
    if (node.kind === "array") {
      for (const item of node.items) open.push({ node: item, path });
    } else if (node.kind === "object") {
      for (const { key, value } of node.members) {
        const column = path === null ? key : `${path}.${key}`;
        if (findMask(column, mask) !== undefined) {
          if (value.kind !== "null") hidden.push(value);
        } else if (holdsMasked(column, mask))
          open.push({ node: value, path: column });
      }
    } else if (node.kind !== "null") {
      hidden.push(node);
    }
  }
  return hidden.sort((one, other) => one.start - other.start);
}
