import { verdicts } from "../../../src/classify/scanner/line-scanner.js";
import type { ExpectedVerdict } from "./expected-verdict.js";

const decidedDepth = 63;

/** Whether the scanner may leave the line to the host; that the table is full is the caller's to know. */
export function mayBeSlow(
  line: string,
  expected: ExpectedVerdict,
  typeKey: readonly string[],
): boolean {
  if (nesting(line) > decidedDepth) return true;
  if (typeof expected === "number" && expected !== verdicts.noType)
    return false;
  return (
    (typeof expected === "string" && !isSafeTypeName(expected)) ||
    hasEscapeOnPath(line, typeKey)
  );
}

export function isSafeTypeName(name: string): boolean {
  return (
    name.length <= 128 &&
    !name.includes("..") &&
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)
  );
}

/** How deep brackets outside strings go, in a line that need not be JSON. */
function nesting(line: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < line.length; at += 1) {
    const byte = line[at];
    if (byte === '"') at = stringEnd(line, at + 1);
    else if (byte === "{" || byte === "[")
      deepest = Math.max(deepest, (depth += 1));
    else if (byte === "}" || byte === "]") depth -= 1;
  }
  return deepest;
}

/** Of the string whose first byte is at `at`; the line's end where it has none. */
function stringEnd(line: string, at: number): number {
  while (at < line.length && line[at] !== '"') at += line[at] === "\\" ? 2 : 1;
  return at;
}

/** Whether an object on the path has an escaped key, or the string at its end is escaped. `line` is a JSON object. */
function hasEscapeOnPath(line: string, typeKey: readonly string[]): boolean {
  let at = 0;
  let found = false;
  const skipSpace = (): void => {
    while (line[at] === " " || line[at] === "\t" || line[at] === "\r") at += 1;
  };
  const readString = (): string => {
    const start = at + 1;
    const end = stringEnd(line, start);
    at = end + 1;
    return line.slice(start, end);
  };
  /** `matched`: keys of the path that lead to this value; -1 where it is not on it. */
  const readValue = (matched: number): void => {
    skipSpace();
    if (line[at] === '"') {
      const text = readString();
      if (matched === typeKey.length && text.includes("\\")) found = true;
    } else if (line[at] === "{") {
      const isOnPath = matched >= 0 && matched < typeKey.length;
      readItems("}", () => {
        const key = readString();
        if (isOnPath && key.includes("\\")) found = true;
        skipSpace();
        at += 1;
        readValue(isOnPath && key === typeKey[matched] ? matched + 1 : -1);
      });
    } else if (line[at] === "[") {
      readItems("]", () => {
        readValue(-1);
      });
    } else {
      while (at < line.length && !" \t\r,}]".includes(line[at]!)) at += 1;
    }
    skipSpace();
  };
  const readItems = (close: string, readItem: () => void): void => {
    at += 1;
    skipSpace();
    while (line[at] !== close) {
      readItem();
      skipSpace();
      if (line[at] === ",") {
        at += 1;
        skipSpace();
      }
    }
    at += 1;
  };
  readValue(0);
  return found;
}
