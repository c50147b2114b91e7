import { parseJson, type JsonNode } from "../json/parse-json.js";
import { copyText } from "./copy-text.js";

const valuesTold = 3;
const longestValue = 100;

/**
 * What stands at a dotted path of a row that is JSON, as it is spelled: the first few where arrays lie on the way, and not more than
 * their beginnings. Null where nothing does.
 */
export function readValueAt(text: string, path: string): string | null {
  if (path === "") return null;
  let root: JsonNode;
  try {
    root = parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const found = walk([root], path.toLowerCase());
  if (found.length === 0) return null;
  const values = found.slice(0, valuesTold).map(({ start, end }) => {
    const value = text.slice(start, Math.min(end, start + longestValue));
    return end - start > longestValue ? `${value}…` : value;
  });
  return copyText(values.join(", "));
}

function walk(nodes: readonly JsonNode[], path: string): JsonNode[] {
  const members = nodes.flatMap((node) => {
    const items = node.kind === "array" ? node.items : [node];
    return items.flatMap((item) =>
      item.kind === "object" ? item.members : [],
    );
  });
  const exact = members.filter(({ key }) => key.toLowerCase() === path);
  if (exact.length > 0) return exact.map(({ value }) => value);
  const dot = path.indexOf(".");
  if (dot === -1) return [];
  const next = members
    .filter(({ key }) => key.toLowerCase() === path.slice(0, dot))
    .map(({ value }) => value);
  return next.length === 0 ? [] : walk(next, path.slice(dot + 1));
}
