import type { JsonNode } from "../json/parse-json.js";
import { readScaledDecimal } from "./read-decimal.js";

/** Everything that was seen at one place of the rows. */
export interface Shape {
  hasNull: boolean;
  hasText: boolean;
  hasBoolean: boolean;
  hasInteger: boolean;
  hasFraction: boolean;
  hasBareNumber: boolean;
  hasQuotedNumber: boolean;
  /** An integer outside of 64 bits. */
  hasWideInteger: boolean;
  /** An integer that a double would round. */
  hasLongInteger: boolean;
  hasBeyondDouble: boolean;
  /** A number that NUMERIC would round or refuse. */
  hasBeyondNumeric: boolean;
  hasObject: boolean;
  hasRepeatedKeys: boolean;
  /** By key in lower case, in the order of first appearance. */
  readonly members: Map<
    string,
    { readonly name: string; readonly shape: Shape }
  >;
  /** Of all the arrays' elements; null where no array was seen. */
  element: Shape | null;
}

/** BigQuery takes RECORDs 15 levels deep; what lies deeper is not looked at either. */
const maxDepth = 15;
const largestNumeric = 10n ** 38n - 1n;
const quotedNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?$/;

export function isTooDeep(depth: number): boolean {
  return depth > maxDepth;
}

export function newShape(): Shape {
  return {
    hasNull: false,
    hasText: false,
    hasBoolean: false,
    hasInteger: false,
    hasFraction: false,
    hasBareNumber: false,
    hasQuotedNumber: false,
    hasWideInteger: false,
    hasLongInteger: false,
    hasBeyondDouble: false,
    hasBeyondNumeric: false,
    hasObject: false,
    hasRepeatedKeys: false,
    members: new Map(),
    element: null,
  };
}

/** Adds one value to what was seen at its place. `quoted`: a string that spells a number is one. */
export function observeValue(
  shape: Shape,
  node: JsonNode,
  quoted: boolean,
  depth = 0,
): void {
  switch (node.kind) {
    case "null":
      shape.hasNull = true;
      break;
    case "boolean":
      shape.hasBoolean = true;
      break;
    case "string":
      if (quoted && quotedNumber.test(node.value)) {
        shape.hasQuotedNumber = true;
        observeNumber(shape, node.value);
      } else shape.hasText = true;
      break;
    case "number":
      shape.hasBareNumber = true;
      observeNumber(shape, node.text);
      break;
    case "array":
      shape.element ??= newShape();
      if (isTooDeep(depth)) break;
      for (const item of node.items)
        observeValue(shape.element, item, quoted, depth + 1);
      break;
    case "object":
      shape.hasObject = true;
      if (!isTooDeep(depth)) observeMembers(shape, node.members, quoted, depth);
      break;
  }
}

function observeMembers(
  shape: Shape,
  members: readonly { readonly key: string; readonly value: JsonNode }[],
  quoted: boolean,
  depth: number,
): void {
  const seen = new Set<string>();
  for (const { key, value } of members) {
    const folded = key.toLowerCase();
    if (seen.has(folded)) shape.hasRepeatedKeys = true;
    seen.add(folded);
    let member = shape.members.get(folded);
    if (member === undefined) {
      member = { name: key, shape: newShape() };
      shape.members.set(folded, member);
    }
    observeValue(member.shape, value, quoted, depth + 1);
  }
}

function observeNumber(shape: Shape, text: string): void {
  const isInteger = /^-?\d+$/.test(text);
  if (isInteger) shape.hasInteger = true;
  else shape.hasFraction = true;
  if (isInteger && text.length <= 15) return;
  const value = Number(text);
  if (!Number.isFinite(value)) shape.hasBeyondDouble = true;
  const read = readScaledDecimal(text, 9);
  if (
    read === null ||
    read === "huge" ||
    !read.exact ||
    read.scaled > largestNumeric ||
    read.scaled < -largestNumeric
  ) {
    shape.hasBeyondNumeric = true;
  }
  if (!isInteger) return;
  const exact = BigInt(text);
  if (BigInt.asIntN(64, exact) !== exact) shape.hasWideInteger = true;
  if (!shape.hasBeyondDouble && BigInt(value) !== exact)
    shape.hasLongInteger = true;
}
