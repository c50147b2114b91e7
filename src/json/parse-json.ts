/** A JSON value with its place in the text: `text.slice(start, end)` is the value as it was spelled. */
export type JsonNode =
  | {
      readonly kind: "object";
      readonly start: number;
      end: number;
      readonly members: { readonly key: string; readonly value: JsonNode }[];
    }
  | {
      readonly kind: "array";
      readonly start: number;
      end: number;
      readonly items: JsonNode[];
    }
  | {
      readonly kind: "string";
      readonly start: number;
      readonly end: number;
      readonly value: string;
    }
  /** `text` keeps the number's spelling, so that no digit is lost. */
  | {
      readonly kind: "number";
      readonly start: number;
      readonly end: number;
      readonly text: string;
    }
  | {
      readonly kind: "boolean";
      readonly start: number;
      readonly end: number;
      readonly value: boolean;
    }
  | { readonly kind: "null"; readonly start: number; readonly end: number };

type Container = Extract<JsonNode, { kind: "object" | "array" }>;

/** What may stand at the next token, besides blanks. */
type Expected =
  | "value"
  | "item or close"
  | "key"
  | "key or close"
  | "colon"
  | "comma or close";

const numberSpelling = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

/**
 * Reads a text that JSON.parse accepts, and keeps what JSON.parse drops: where each value lies, how numbers are spelled, repeated members.
 * Nesting is bounded by memory only. Throws SyntaxError on a text that JSON.parse rejects.
 */
export function parseJson(text: string): JsonNode {
  const stack: Container[] = [];
  let root: JsonNode | null = null;
  let key: string | null = null;
  let expected: Expected = "value";
  let position = skipBlanks(text, 0);

  while (position < text.length) {
    const start = position;
    const container = stack.at(-1);
    if (root !== null && container === undefined) throw unexpected(text, start);
    const mark = text[start];

    if (mark === ":" && expected === "colon") {
      position = start + 1;
      expected = "value";
    } else if (mark === "," && expected === "comma or close") {
      position = start + 1;
      expected = container?.kind === "object" ? "key" : "value";
    } else if (container !== undefined && closes(mark, container, expected)) {
      position = start + 1;
      container.end = position;
      stack.pop();
      expected = "comma or close";
    } else if (
      mark === '"' &&
      (expected === "key" || expected === "key or close")
    ) {
      position = endOfString(text, start);
      key = JSON.parse(text.slice(start, position)) as string;
      expected = "colon";
    } else if (expected === "value" || expected === "item or close") {
      const node = openValue(text, start);
      if (container === undefined) root = node;
      else if (container.kind === "array") container.items.push(node);
      else if (key !== null) container.members.push({ key, value: node });
      position = node.end;
      expected = "comma or close";
      if (node.kind === "object" || node.kind === "array") {
        stack.push(node);
        expected = node.kind === "object" ? "key or close" : "item or close";
      }
    } else {
      throw unexpected(text, start);
    }
    position = skipBlanks(text, position);
  }
  if (root === null || stack.length > 0)
    throw new SyntaxError("unexpected end of JSON text");
  return root;
}

/** A scalar whole, or a container of which only the opening bracket is read. */
function openValue(text: string, start: number): JsonNode {
  switch (text[start]) {
    case "{":
      return { kind: "object", start, end: start + 1, members: [] };
    case "[":
      return { kind: "array", start, end: start + 1, items: [] };
    case '"': {
      const end = endOfString(text, start);
      return {
        kind: "string",
        start,
        end,
        value: JSON.parse(text.slice(start, end)) as string,
      };
    }
    case "t":
    case "f":
    case "n":
      return readWord(text, start);
    case undefined:
    default: {
      numberSpelling.lastIndex = start;
      const spelled = numberSpelling.exec(text)?.[0];
      if (spelled === undefined) throw unexpected(text, start);
      return {
        kind: "number",
        start,
        end: start + spelled.length,
        text: spelled,
      };
    }
  }
}

function readWord(text: string, start: number): JsonNode {
  if (text.startsWith("true", start)) {
    return { kind: "boolean", start, end: start + 4, value: true };
  }
  if (text.startsWith("false", start)) {
    return { kind: "boolean", start, end: start + 5, value: false };
  }
  if (text.startsWith("null", start))
    return { kind: "null", start, end: start + 4 };
  throw unexpected(text, start);
}

function closes(
  mark: string | undefined,
  container: Container,
  expected: Expected,
): boolean {
  return container.kind === "object"
    ? mark === "}" &&
        (expected === "key or close" || expected === "comma or close")
    : mark === "]" &&
        (expected === "item or close" || expected === "comma or close");
}

/** From quote to quote. Linear, and on no stack: strings of 100 MB full of escapes are read here. */
function endOfString(text: string, start: number): number {
  for (let quote = start; ;) {
    quote = text.indexOf('"', quote + 1);
    if (quote < 0)
      throw new SyntaxError(`string without end at offset ${start}`);
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === "\\") backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
}

function skipBlanks(text: string, from: number): number {
  let position = from;
  for (; position < text.length; position += 1) {
    const code = text.charCodeAt(position);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
  }
  return position;
}

function unexpected(text: string, offset: number): SyntaxError {
  return new SyntaxError(
    `unexpected ${JSON.stringify(text[offset])} at offset ${offset}`,
  );
}
