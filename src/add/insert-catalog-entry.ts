import { isMap, isNode, isScalar, parseDocument, stringify } from "yaml";
import { UsageError } from "../errors.js";

/** What an entry says, in its order; values are plain texts, and lists of them. */
export type CatalogEntry = Readonly<Record<string, string | readonly string[]>>;

interface Insertion {
  readonly offset: number;
  /** Bytes that go, before the text comes: the {} of an empty map. */
  readonly removed: number;
  readonly text: string;
}

/**
 * The catalog's text with an entry more at the end of `types`; everything else stays byte for byte. Throws UsageError, with the lines to
 * put in by hand, where `types` is written in a way that can't be added to.
 */
export function insertCatalogEntry(
  text: string,
  file: string,
  name: string,
  entry: CatalogEntry,
): string {
  const insertion = findInsertion(text, name, entry);
  const result =
    insertion === null
      ? null
      : text.slice(0, insertion.offset) +
        insertion.text +
        text.slice(insertion.offset + insertion.removed);
  if (result !== null && isWanted(text, result, name, entry)) return result;
  throw new UsageError(
    `${file}: an entry can't be added to types as it is written there. Put these lines in by hand, then run the same command again:\n${blockLines(name, entry, "  ").join("\n")}`,
  );
}

function findInsertion(
  text: string,
  name: string,
  entry: CatalogEntry,
): Insertion | null {
  const { contents } = parseDocument(text, { merge: true });
  if (!isMap(contents)) return null;
  const pair = contents.items.find(
    ({ key }) => isScalar(key) && key.value === "types",
  );
  const types = pair?.value;
  if (pair === undefined) return null;
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const addBlock = (offset: number, indent: string, removed = 0): Insertion => {
    const lines = blockLines(name, entry, indent);
    const end = endOfLine(text, offset + removed);
    const isLast = end === text.length && !text.endsWith("\n");
    const block = isLast
      ? newline + lines.join(newline)
      : lines.join(newline) + newline;
    if (removed === 0) return { offset: end, removed: 0, text: block };
    const between = text.slice(offset + removed, end);
    return { offset, removed: end - offset, text: between + block };
  };
  const keyIndent = indentAt(text, pair.key.range[0]);
  if (keyIndent === null) return null;
  if (!isMap(types)) {
    if (types !== null && !(isScalar(types) && types.value === null))
      return null;
    const colon = text.indexOf(":", pair.key.range[1]);
    return colon === -1 ? null : addBlock(colon + 1, `${keyIndent}  `);
  }
  const last = types.items.at(-1);
  const [start, end] = types.range;
  const [first] = types.items;
  if (last === undefined || first === undefined)
    return types.flow === true
      ? addBlock(start, `${keyIndent}  `, end - start)
      : null;
  const lastEnd = Math.max(endOf(last.key), endOf(last.value));
  if (types.flow === true)
    return { offset: lastEnd, removed: 0, text: `, ${flowText(name, entry)}` };
  const indent = indentAt(text, first.key.range[0]);
  if (indent === null) return null;
  return addBlock(afterComments(text, lastEnd, indent), indent);
}

function endOf(node: unknown): number {
  return isNode(node) ? (node.range?.[1] ?? 0) : 0;
}

/** Past comment lines that stand deeper than the entries: they belong to the last one. */
function afterComments(text: string, from: number, indent: string): number {
  let offset = from;
  for (;;) {
    const start = endOfLine(text, offset);
    const line = /^([ ]*)#[^\n]*/.exec(text.slice(start));
    if (line === null || (line[1] ?? "").length <= indent.length) return offset;
    offset = start + line[0].length;
  }
}

/** Where the next line begins; at a line's beginning, that is here. */
function endOfLine(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === "\n") return offset;
  const end = text.indexOf("\n", offset);
  return end === -1 ? text.length : end + 1;
}

/** The blanks before what begins here; null where anything else stands before it. */
function indentAt(text: string, offset: number): string | null {
  const before = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  const blanks = before.replace(/^\uFEFF/, "");
  return /^ *$/.test(blanks) ? blanks : null;
}

function blockLines(
  name: string,
  entry: CatalogEntry,
  indent: string,
): string[] {
  const members = Object.entries(entry);
  const key = toYaml(name);
  if (members.length === 0) return [`${indent}${key}: {}`];
  return [
    `${indent}${key}:`,
    ...members.map(
      ([member, value]) => `${indent}  ${member}: ${toYaml(value)}`,
    ),
  ];
}

function flowText(name: string, entry: CatalogEntry): string {
  const members = Object.entries(entry).map(
    ([key, value]) => `${key}: ${JSON.stringify(value)}`,
  );
  const inside = members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
  return `${JSON.stringify(name)}: ${inside}`;
}

function toYaml(value: string | readonly string[]): string {
  return stringify(value, {
    lineWidth: 0,
    blockQuote: false,
    collectionStyle: "flow",
    flowCollectionPadding: false,
  }).trimEnd();
}

/** Whether the new text says what the old one says, and the entry. */
function isWanted(
  before: string,
  after: string,
  name: string,
  entry: CatalogEntry,
): boolean {
  const old = parseDocument(before, { merge: true });
  const document = parseDocument(after, { merge: true });
  if (document.errors.length > 0) return false;
  const value = old.toJS() as { types: Record<string, unknown> | null };
  const types = { ...value.types, [name]: entry };
  return (
    JSON.stringify({ ...value, types }) === JSON.stringify(document.toJS())
  );
}
