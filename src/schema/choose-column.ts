import { findColumnNameFault } from "./column-name.js";
import { fitsFloat, type NumberFacts } from "./number-facts.js";
import { quoteFound } from "./quote-found.js";
import type { FieldMode, FieldType, TableField } from "./table-field.js";
import { countKind, type TextFacts } from "./text-facts.js";
import {
  countValues,
  isTooDeep,
  type Kind,
  type Member,
  type Shape,
} from "./value-shape.js";

/** What a person should know of a column. `column` is a dotted path; empty for the rows themselves. */
export interface InferenceFinding {
  readonly column: string;
  readonly message: string;
}

export interface ChooseOptions {
  /** Whether a string that spells a number (or true and false) counts as one. */
  readonly quoted: "string" | "infer";
  /** Whether a string that spells a date or time becomes a column of that type. */
  readonly times: "string" | "infer";
  /** Whether what every row has, and never as null, becomes REQUIRED. */
  readonly required: boolean;
  /** Top-level columns that are converted to times already: no need to tell that they look like such. */
  readonly converted?: ReadonlySet<string>;
}

type Choice = Pick<TableField, "type" | "fields"> & {
  readonly mode: "NULLABLE" | "REPEATED";
};
type Findings = InferenceFinding[];

const timeTypes = ["DATE", "TIME", "DATETIME", "TIMESTAMP"] as const;

/** One column, with what was found about it and those inside of it. `parents`: how many objects could have had it. */
export function chooseField(
  { name, otherName, shape }: Member,
  path: string,
  parents: number,
  depth: number,
  options: ChooseOptions,
  findings: Findings,
): TableField {
  const inner: Findings = [];
  const chosen = choose(shape, path, depth, options, inner);
  if (otherName !== null) {
    findings.push({
      column: path,
      message: `is spelled ${quoteFound(otherName)} as well: BigQuery takes both as one column`,
    });
  }
  const isAlways = options.required && countValues(shape) >= parents;
  const nullable: FieldMode = isAlways ? "REQUIRED" : "NULLABLE";
  if (typeof chosen !== "string") {
    findings.push(...inner);
    return {
      name,
      ...chosen,
      mode: chosen.mode === "REPEATED" ? "REPEATED" : nullable,
    };
  }
  findings.push({
    column: path,
    message: `${chosen}: JSON${offer(shape, path)}`,
  });
  return { name, type: "JSON", mode: nullable, fields: [] };
}

/** What a person may do instead. */
function offer(shape: Shape, path: string): string {
  const isEmpty =
    countValues(shape) === 0 ||
    (shape.arrays !== null && shape.arrays.empty === countValues(shape));
  if (isEmpty) return " until you give it the type that you expect";
  const [top = path] = path.split(".");
  const wrap = `or make ${top} STRING and give it wrap: string in the catalog`;
  const hasScalarsOnly =
    shape.objects === null && shape.arrays === null && shape.booleans === null;
  return hasScalarsOnly && shape.texts !== null
    ? `; or STRING, which takes numbers as they are spelled; ${wrap}`
    : `; ${wrap}`;
}

/** The column, or the reason why it can only be JSON. */
function choose(
  shape: Shape,
  path: string,
  depth: number,
  options: ChooseOptions,
  findings: Findings,
): Choice | string {
  const kinds = listKinds(shape, options);
  if (kinds.length === 0)
    return `has no value but null (${shape.nulls} of them)`;
  if (kinds.length > 1) return `holds ${describeKinds(shape, kinds)}`;
  const [kind] = kinds;
  if (kind === "arrays")
    return chooseRepeated(shape, path, depth, options, findings);
  if (kind === "objects")
    return chooseRecord(shape, path, depth, options, findings);
  const scalar = chooseScalar(shape, kind, options);
  return typeof scalar === "string" && scalar.startsWith("has ")
    ? scalar
    : { type: scalar as FieldType, mode: "NULLABLE", fields: [] };
}

function chooseRepeated(
  shape: Shape,
  path: string,
  depth: number,
  options: ChooseOptions,
  findings: Findings,
): Choice | string {
  const { arrays } = shape;
  if (arrays === null) return "has no arrays";
  const { element } = arrays;
  const first = describeExample(shape, "arrays");
  const others = countValues(element);
  if (others === 0 && element.nulls === 0)
    return `has empty arrays only (${arrays.count} of them)`;
  if (element.nulls > 0)
    return `has null inside arrays (${element.nulls} times${first})`;
  if (element.arrays !== null)
    return `has arrays inside arrays (${element.arrays.count} of them${first})`;
  const chosen = choose(element, path, depth, options, findings);
  return typeof chosen === "string"
    ? `has arrays whose elements can be no column (its elements: ${chosen})`
    : { ...chosen, mode: "REPEATED" };
}

function chooseRecord(
  shape: Shape,
  path: string,
  depth: number,
  options: ChooseOptions,
  findings: Findings,
): Choice | string {
  const { objects } = shape;
  if (objects === null) return "has no objects";
  if (objects.isCrowded)
    return `has objects with thousands of different keys${describeExample(shape, "objects", " (")}`;
  if (objects.isTooDeep || isTooDeep(depth + 1))
    return "is nested deeper than BigQuery takes";
  if (objects.members.size === 0)
    return `has empty objects only (${objects.count} of them)`;
  if (objects.repeatedKey !== null) {
    const { key, source, line } = objects.repeatedKey;
    const first = shape.place.isMasked ? "" : `${quoteFound(key)}, `;
    return `has objects with a key twice, or twice but for its case (first ${first}${source}:${line})`;
  }
  const members = [...objects.members.values()];
  for (const { name } of members) {
    const fault = findColumnNameFault(name);
    if (fault !== null)
      return shape.place.isMasked
        ? `has a key that ${fault}`
        : `has the key ${quoteFound(name)}, which ${fault}`;
  }
  const fields = members.map((member) =>
    chooseField(
      member,
      `${path}.${member.name}`,
      objects.count,
      depth + 1,
      options,
      findings,
    ),
  );
  return { type: "RECORD", mode: "NULLABLE", fields };
}

function chooseScalar(
  { texts, numbers }: Shape,
  kind: Kind | undefined,
  options: ChooseOptions,
): FieldType | `has ${string}` {
  if (kind === "booleans") return "BOOLEAN";
  if (kind === "strings" && texts !== null)
    return chooseTextType(texts, options);
  return chooseNumberType(
    [numbers, texts?.numbers ?? null].filter((each) => each !== null),
  );
}

function chooseTextType(texts: TextFacts, options: ChooseOptions): FieldType {
  if (options.times === "string") return "STRING";
  return (
    timeTypes.find((type) => countKind(texts, type) === texts.count) ?? "STRING"
  );
}

/**
 * INTEGER for integers within 64 bits. FLOAT where there are fractions, unless a double would change a number: then NUMERIC, and
 * BIGNUMERIC past its 29 digits and 9 decimals. Digits that neither holds are given up where they are decimals: FLOAT rounds them.
 */
function chooseNumberType(
  all: readonly NumberFacts[],
): FieldType | `has ${string}` {
  const some = (test: (facts: NumberFacts) => boolean) => all.some(test);
  const hasFraction = some((facts) => facts.hasFraction);
  if (!hasFraction && !some((facts) => facts.hasWideInteger)) return "INTEGER";
  const isLong = some((facts) => facts.hasLongInteger || facts.hasWideInteger);
  if (all.every(fitsFloat) && !(hasFraction && isLong)) return "FLOAT";
  if (!some((facts) => facts.hasBeyondNumeric)) return "NUMERIC";
  if (!some((facts) => facts.hasBeyondBignumeric)) return "BIGNUMERIC";
  if (!isLong && !some((facts) => facts.hasBeyondDouble)) return "FLOAT";
  return "has numbers that neither FLOAT nor BIGNUMERIC holds exactly";
}

function listKinds(shape: Shape, { quoted }: ChooseOptions): Kind[] {
  const { texts, numbers, booleans } = shape;
  const isQuoted = (kind: "number" | "boolean") =>
    quoted === "infer" &&
    texts !== null &&
    countKind(texts, kind) === texts.count;
  const asNumbers = isQuoted("number") && booleans === null;
  const asBooleans = isQuoted("boolean") && numbers === null;
  const asText = texts !== null && !asNumbers && !asBooleans;
  return [
    ...(asText ? (["strings"] as const) : []),
    ...(numbers !== null || asNumbers ? (["numbers"] as const) : []),
    ...(booleans !== null || asBooleans ? (["booleans"] as const) : []),
    ...(shape.objects === null ? [] : (["objects"] as const)),
    ...(shape.arrays === null ? [] : (["arrays"] as const)),
  ];
}

/** `strings (12, first a.ndjson:3 "x") and numbers (1, first a.ndjson:7 5)`. */
function describeKinds(shape: Shape, kinds: readonly Kind[]): string {
  return kinds
    .map((kind) => {
      const count = shape[kindKeys[kind]]?.count ?? 0;
      return `${kind} (${count}${describeExample(shape, kind)})`;
    })
    .join(" and ");
}

const kindKeys = {
  strings: "texts",
  numbers: "numbers",
  booleans: "booleans",
  objects: "objects",
  arrays: "arrays",
} as const;

function describeExample(shape: Shape, kind: Kind, before = ", "): string {
  const example = shape.examples[kind];
  if (example === undefined) return "";
  const end = before.startsWith(" (") ? ")" : "";
  return `${before}first ${example.source}:${example.line} ${example.text}${end}`;
}
