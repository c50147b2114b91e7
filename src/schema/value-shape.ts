import type { JsonNode } from "../json/parse-json.js";
import { copyText } from "./copy-text.js";
import { findMask, holdsMasked } from "./find-mask.js";
import {
  newNumberFacts,
  observeNumber,
  type NumberFacts,
} from "./number-facts.js";
import {
  newTextFacts,
  observeText,
  type Example,
  type TextFacts,
} from "./text-facts.js";

/** One row: its JSON text, and where it stands. */
export interface SampleRow {
  readonly text: string;
  readonly source: string;
  readonly line: number;
}

export type Kind = "strings" | "numbers" | "booleans" | "objects" | "arrays";

export interface Member {
  /** As it was spelled first. */
  readonly name: string;
  /** Another spelling of it, in other upper and lower case. */
  otherName: string | null;
  readonly shape: Shape;
  lastObject: number;
}

export interface ObjectFacts {
  count: number;
  /** By key in lower case, in the order of first appearance; emptied where there are too many. */
  readonly members: Map<string, Member>;
  /** More different keys than a table has columns, or deeper than BigQuery takes. */
  isCrowded: boolean;
  isTooDeep: boolean;
  /** The first object with a key twice, or twice but for its case. */
  repeatedKey: (Example & { readonly key: string }) | null;
}

export interface ArrayFacts {
  count: number;
  empty: number;
  /** Of all the arrays' elements. */
  readonly element: Shape;
}

/** What a mask (see findMask) hides at a place of the rows. */
export interface MaskedPlace {
  /** Dotted path; empty for the rows themselves. */
  readonly column: string;
  /** What stands here, the names of keys included. */
  readonly isMasked: boolean;
  /** Values: also of what holds a masked column, as a text or number may be all of it, written as text. */
  readonly areValuesHidden: boolean;
}

/** Everything that was seen at one place of the rows. */
export interface Shape {
  readonly place: MaskedPlace;
  nulls: number;
  numbers: NumberFacts | null;
  texts: TextFacts | null;
  booleans: { count: number; trues: number } | null;
  objects: ObjectFacts | null;
  arrays: ArrayFacts | null;
  /** The first value of each kind. */
  readonly examples: Partial<Record<Kind, Example>>;
  /** A few different scalars, as they are spelled. */
  readonly samples: string[];
}

/** BigQuery takes RECORDs 15 levels deep; what lies deeper is not looked at either. */
const maxDepth = 15;
const maxMembers = 10_000;
/** Keeps keys that are data, such as user ids, from filling the memory. */
const maxShapes = 200_000;
const sampleCount = 3;
const longestExample = 60;
const hiddenValue = '"***"';

export function isTooDeep(depth: number): boolean {
  return depth > maxDepth;
}

function newShape(place: MaskedPlace): Shape {
  return {
    place,
    nulls: 0,
    numbers: null,
    texts: null,
    booleans: null,
    objects: null,
    arrays: null,
    examples: {},
    samples: [],
  };
}

/** The number of values other than null. */
export function countValues(shape: Shape): number {
  return (
    (shape.numbers?.count ?? 0) +
    (shape.texts?.count ?? 0) +
    (shape.booleans?.count ?? 0) +
    (shape.objects?.count ?? 0) +
    (shape.arrays?.count ?? 0)
  );
}

export interface ShapeObserver {
  /** Of the rows themselves, which are objects. */
  readonly root: Shape;
  observe(row: SampleRow, node: JsonNode): void;
}

/** Adds up what rows hold, in memory that does not grow with their number. Examples of what the mask hides are "***". */
export function createShapeObserver(
  mask: readonly string[] = [],
): ShapeObserver {
  const root = newShape(findPlace(""));
  let row: SampleRow = { text: "", source: "", line: 0 };
  let shapes = 1;
  let objects = 0;

  function findPlace(column: string): MaskedPlace {
    if (mask.length === 0)
      return { column, isMasked: false, areValuesHidden: false };
    const isMasked = column !== "" && findMask(column, mask) !== undefined;
    const areValuesHidden =
      isMasked || (column === "" ? mask.length > 0 : holdsMasked(column, mask));
    return { column, isMasked, areValuesHidden };
  }

  function toExample({ place }: Shape, node: JsonNode): Example {
    const { source, line } = row;
    if (place.areValuesHidden) return { text: hiddenValue, source, line };
    const text = row.text.slice(
      node.start,
      Math.min(node.end, node.start + longestExample),
    );
    const more = node.end - node.start > longestExample ? "…" : "";
    return { text: copyText(text + more), source, line };
  }

  function addSample(shape: Shape, node: JsonNode): void {
    if (shape.samples.length >= sampleCount) return;
    const { text } = toExample(shape, node);
    if (!shape.samples.includes(text)) shape.samples.push(text);
  }

  function observeValue(shape: Shape, node: JsonNode, depth: number): void {
    switch (node.kind) {
      case "null":
        shape.nulls += 1;
        return;
      case "boolean":
        if (shape.booleans === null) {
          shape.booleans = { count: 0, trues: 0 };
          shape.examples.booleans = toExample(shape, node);
        }
        shape.booleans.count += 1;
        if (node.value) shape.booleans.trues += 1;
        addSample(shape, node);
        return;
      case "string":
        if (shape.texts === null) {
          shape.texts = newTextFacts();
          shape.examples.strings = toExample(shape, node);
        }
        observeText(shape.texts, node.value, () => toExample(shape, node));
        addSample(shape, node);
        return;
      case "number":
        if (shape.numbers === null) {
          shape.numbers = newNumberFacts();
          shape.examples.numbers = toExample(shape, node);
        }
        observeNumber(shape.numbers, node.text);
        addSample(shape, node);
        return;
      case "array":
        observeArray(shape, node, depth, false);
        return;
      case "object":
        observeObject(shape, node, depth);
        return;
    }
  }

  function observeArray(
    shape: Shape,
    node: Extract<JsonNode, { kind: "array" }>,
    depth: number,
    isElement: boolean,
  ): void {
    if (shape.arrays === null) {
      shape.arrays = {
        count: 0,
        empty: 0,
        element: newShape(shape.place),
      };
      shape.examples.arrays = toExample(shape, node);
      shapes += 1;
    }
    const { arrays } = shape;
    arrays.count += 1;
    if (node.items.length === 0) arrays.empty += 1;
    // No column is an array of arrays: what lies in them changes nothing.
    if (isElement) return;
    for (const item of node.items) {
      if (item.kind === "array")
        observeArray(arrays.element, item, depth, true);
      else observeValue(arrays.element, item, depth);
    }
  }

  function observeObject(
    shape: Shape,
    node: Extract<JsonNode, { kind: "object" }>,
    depth: number,
  ): void {
    if (shape.objects === null) {
      shape.objects = {
        count: 0,
        members: new Map(),
        isCrowded: false,
        isTooDeep: false,
        repeatedKey: null,
      };
      shape.examples.objects = toExample(shape, node);
    }
    const facts = shape.objects;
    facts.count += 1;
    if (isTooDeep(depth)) facts.isTooDeep = true;
    if (facts.isCrowded || facts.isTooDeep) return;
    const serial = (objects += 1);
    for (const { key, value } of node.members) {
      const member = findMember(shape, facts, key);
      if (member === null) return;
      if (member.lastObject === serial)
        facts.repeatedKey ??= { ...toExample(member.shape, value), key };
      member.lastObject = serial;
      observeValue(member.shape, value, depth + 1);
    }
  }

  function findMember(
    { place }: Shape,
    facts: ObjectFacts,
    key: string,
  ): Member | null {
    const folded = key.toLowerCase();
    const known = facts.members.get(folded);
    if (known !== undefined) {
      if (known.name !== key) known.otherName ??= key;
      return known;
    }
    if (facts.members.size >= maxMembers) crowd(facts);
    else if (shapes >= maxShapes) crowd(findWidest(root) ?? facts);
    if (facts.isCrowded) return null;
    shapes += 1;
    const member: Member = {
      name: key,
      otherName: null,
      shape: newShape(
        findPlace(place.column === "" ? key : `${place.column}.${key}`),
      ),
      lastObject: 0,
    };
    facts.members.set(folded, member);
    return member;
  }

  function crowd(facts: ObjectFacts): void {
    for (const { shape } of facts.members.values())
      shapes -= countShapes(shape);
    facts.members.clear();
    facts.isCrowded = true;
  }

  return {
    root,
    observe(next, node) {
      row = next;
      observeValue(root, node, 0);
    },
  };
}

function findWidest(shape: Shape): ObjectFacts | null {
  const inner = [
    ...(shape.arrays === null ? [] : [shape.arrays.element]),
    ...[...(shape.objects?.members.values() ?? [])].map((each) => each.shape),
  ];
  let widest = shape.objects;
  for (const each of inner) {
    const found = findWidest(each);
    if ((found?.members.size ?? 0) > (widest?.members.size ?? 0))
      widest = found;
  }
  return widest;
}

function countShapes(shape: Shape): number {
  let count = 1;
  if (shape.arrays !== null) count += countShapes(shape.arrays.element);
  for (const member of shape.objects?.members.values() ?? [])
    count += countShapes(member.shape);
  return count;
}
