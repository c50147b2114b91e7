import type { ChooseOptions, InferenceFinding } from "./choose-column.js";
import type { NumberFacts } from "./number-facts.js";
import type { FieldType, TableField } from "./table-field.js";
import { countKind, type TextFacts, type TextKind } from "./text-facts.js";
import type { MaskedPlace, Shape } from "./value-shape.js";

/** 2001-09-09 and 2096-10-02, in seconds: what services write today lies between, and most counts and amounts do not. */
const firstEpochSeconds = 1e9;
const lastEpochSeconds = 4e9;
const units = [
  { name: "epoch_seconds", perSecond: 1 },
  { name: "epoch_millis", perSecond: 1e3 },
  { name: "epoch_micros", perSecond: 1e6 },
  { name: "nanoseconds", perSecond: 1e9 },
] as const;
const timeName =
  /(?:time|date|_at|_ts|_on|stamp|epoch|when)|^(?:ts|at)$|At$|Ts$/i;
const longestSpanSeconds = 5 * 366 * 86_400;
/** A zero beside numbers that are all this far from it is rather a missing value than a measured one. */
const farFromZero = 100;
const mostlyShare = 0.9;
const convertible: readonly FieldType[] = [
  "INTEGER",
  "FLOAT",
  "NUMERIC",
  "STRING",
];
const textKinds = [
  "TIMESTAMP",
  "DATETIME",
  "DATE",
  "TIME",
  "other time",
] as const;

/** What looks unlike what its author may have meant; the schema takes every row all the same. */
export function findWarnings(
  fields: readonly TableField[],
  shape: Shape,
  options: ChooseOptions,
  path = "",
): InferenceFinding[] {
  return fields.flatMap((field) => {
    const member = shape.objects?.members.get(field.name.toLowerCase());
    if (member === undefined) return [];
    const column = path === "" ? field.name : `${path}.${field.name}`;
    const inner = member.shape.arrays?.element ?? member.shape;
    if (field.type === "RECORD")
      return findWarnings(field.fields, inner, options, column);
    const isConverted = options.converted?.has(column) === true;
    const messages = isConverted
      ? []
      : [
          ...warnOfTexts(field, inner, options),
          ...warnOfNumbers(field, inner, column),
        ];
    return messages.map((message) => ({ column, message }));
  });
}

function warnOfTexts(
  field: TableField,
  { texts, place }: Shape,
  options: ChooseOptions,
): string[] {
  if (texts === null) return [];
  const messages: string[] = [];
  if (field.type === "STRING" && countKind(texts, "number") === texts.count) {
    const { minText, maxText } = texts.numbers;
    const unit = findEpochUnit(field.name, texts.numbers);
    const range = place.areValuesHidden ? "" : `, ${minText} to ${maxText}`;
    messages.push(
      `arrives as text, and all ${texts.count} values spell numbers${range}: STRING keeps them as they are; --quoted infer makes it a number` +
        (unit === null ? "" : `; ${describeUnit(unit, texts.numbers, place)}`),
    );
  }
  if (field.type === "STRING" && options.times === "infer")
    messages.push(...warnOfTimes(texts));
  if (texts.zeroTimes > 0) {
    messages.push(
      `${texts.zeroTimes} of ${texts.count} are midnight of the year 1 or of 1970, where null is likely meant`,
    );
  }
  return messages;
}

function warnOfTimes(texts: TextFacts): string[] {
  const seen = textKinds.filter((kind) => countKind(texts, kind) > 0);
  const times = seen.reduce((sum, kind) => sum + countKind(texts, kind), 0);
  if (times < texts.count * mostlyShare) return [];
  if (times < texts.count) {
    const [odd] = [...texts.kinds].find(
      ([kind]) => !(textKinds as readonly TextKind[]).includes(kind),
    ) ?? ["plain" as const];
    return [
      `${times} of ${texts.count} texts are times; STRING because of the others, first ${where(texts, odd)}`,
    ];
  }
  if (seen.length > 1) {
    const parts = seen.map(
      (kind) =>
        `${countKind(texts, kind)} as ${kind} (first ${where(texts, kind)})`,
    );
    return [
      `holds times of several forms: ${parts.join(", ")}: STRING. If what has no offset is UTC, make it TIMESTAMP`,
    ];
  }
  return seen[0] === "other time"
    ? [
        `holds times with digits past the microsecond, or an offset without its colon (first ${where(texts, "other time")}): STRING. from: iso8601 in the catalog reads them, and cuts those digits`,
      ]
    : [];
}

function where(texts: TextFacts, kind: TextKind): string {
  const first = texts.kinds.get(kind)?.first;
  return first === undefined
    ? ""
    : `${first.source}:${first.line} ${first.text}`;
}

function warnOfNumbers(
  field: TableField,
  { numbers, place }: Shape,
  column: string,
): string[] {
  if (numbers === null) return [];
  const messages: string[] = [];
  const nonZero = numbers.count - numbers.zeros;
  const unit = convertible.includes(field.type)
    ? findEpochUnit(field.name, numbers)
    : null;
  if (unit !== null) {
    const isTop = column === field.name && field.mode !== "REPEATED";
    messages.push(
      `${describeUnit(unit, numbers, place)}${isTop ? "" : "; only a top-level column can be converted"}`,
    );
  }
  if (
    numbers.zeros > 0 &&
    nonZero > numbers.zeros &&
    numbers.smallestMagnitude >= farFromZero
  ) {
    const nearest = place.areValuesHidden
      ? farFromZero
      : numbers.smallestMagnitude;
    messages.push(
      `${numbers.zeros} of ${numbers.count} are 0, and no other is nearer to it than ${nearest}: is null meant?`,
    );
  }
  return messages;
}

type Unit = (typeof units)[number];

/** The unit in which all numbers but 0 are dates of this century. Under a name that says no time, only what ids and amounts hardly are. */
function findEpochUnit(name: string, numbers: NumberFacts): Unit | null {
  const low = numbers.smallestMagnitude;
  if (numbers.min < 0 || numbers.max <= 0) return null;
  const unit = units.find(
    ({ perSecond }) =>
      low >= firstEpochSeconds * perSecond &&
      numbers.max <= lastEpochSeconds * perSecond,
  );
  if (unit === undefined) return null;
  if (timeName.test(name)) return unit;
  const spanSeconds = (numbers.max - low) / unit.perSecond;
  const isLikely = unit.name === "epoch_millis" || unit.name === "epoch_micros";
  return isLikely && spanSeconds <= longestSpanSeconds ? unit : null;
}

function describeUnit(
  unit: Unit,
  numbers: NumberFacts,
  { areValuesHidden }: MaskedPlace,
): string {
  const [from, to] = [numbers.smallestMagnitude, numbers.max].map((value) =>
    new Date((value / unit.perSecond) * 1000).toISOString().slice(0, 19),
  );
  const dates = areValuesHidden
    ? "dates of this century"
    : `${from ?? ""}Z to ${to ?? ""}Z`;
  const what = `as ${unit.name.replace("epoch_", "")} since 1970 they are ${dates}`;
  return unit.name === "nanoseconds"
    ? `${what}: sql: "TIMESTAMP_MICROS(DIV(COLUMN, 1000))" in the catalog makes it a TIMESTAMP`
    : `${what}: from: ${unit.name} in the catalog makes it a TIMESTAMP`;
}
