import type { NumberFacts } from "./number-facts.js";
import type { FieldMode, FieldType, TableField } from "./table-field.js";
import type { Example } from "./text-facts.js";
import { countValues, type Kind, type Shape } from "./value-shape.js";

/** What was seen of one column. Printed as it is by `--json`. */
export interface ColumnReport {
  /** Dotted path. */
  readonly column: string;
  readonly type: FieldType;
  readonly mode: FieldMode;
  /** Values other than null; of a REPEATED column, arrays. */
  readonly seen: number;
  readonly null: number;
  /** Rows, or RECORDs, without the key. */
  readonly missing: number;
  /** Of a REPEATED column: elements of all arrays, and arrays without one. */
  readonly elements?: number;
  readonly empty?: number;
  /** Numbers and times only, as they are spelled; not of a masked column. */
  readonly min?: string;
  readonly max?: string;
  readonly zeros?: number;
  /** A few different values, as they are spelled; "***" of a masked column. */
  readonly samples: readonly string[];
  /** Where the column holds more than one kind of value: how often each, and where first. */
  readonly kinds?: Readonly<
    Partial<Record<Kind, { readonly count: number; readonly first: Example }>>
  >;
}

const kinds = [
  ["strings", "texts"],
  ["numbers", "numbers"],
  ["booleans", "booleans"],
  ["objects", "objects"],
  ["arrays", "arrays"],
] as const;

/** Every column, those of RECORDs after their own, in the schema's order. */
export function describeColumns(
  fields: readonly TableField[],
  shape: Shape,
  path = "",
): ColumnReport[] {
  const { objects } = shape;
  if (objects === null) return [];
  return fields.flatMap((field) => {
    const column = path === "" ? field.name : `${path}.${field.name}`;
    const member = objects.members.get(field.name.toLowerCase());
    const report = describeColumn(
      field,
      column,
      member?.shape ?? null,
      objects.count,
    );
    if (field.type !== "RECORD" || member === undefined) return [report];
    const inner = member.shape.arrays?.element ?? member.shape;
    return [report, ...describeColumns(field.fields, inner, column)];
  });
}

function describeColumn(
  { type, mode }: TableField,
  column: string,
  shape: Shape | null,
  parents: number,
): ColumnReport {
  if (shape === null) {
    const none = { seen: 0, null: 0, missing: parents, samples: [] };
    return { column, type, mode, ...none };
  }
  const seen = countValues(shape);
  const element = shape.arrays?.element ?? null;
  const inner = element ?? shape;
  return {
    column,
    type,
    mode,
    seen,
    null: shape.nulls,
    missing: Math.max(0, parents - seen - shape.nulls),
    ...(element !== null && {
      elements: countValues(element) + element.nulls,
      empty: shape.arrays?.empty ?? 0,
    }),
    ...describeRange(inner),
    samples: [...new Set([...shape.samples, ...inner.samples])],
    ...describeMixture(shape),
  };
}

function describeRange(
  shape: Shape,
): Pick<ColumnReport, "min" | "max" | "zeros"> {
  const numbers: NumberFacts | null = shape.numbers;
  const isHidden = shape.place.areValuesHidden;
  if (numbers !== null) {
    const { minText: min, maxText: max, zeros } = numbers;
    return isHidden ? { zeros } : { min, max, zeros };
  }
  const { texts } = shape;
  if (isHidden) return {};
  if (texts?.min == null || texts.max === null) return {};
  return { min: texts.min.text, max: texts.max.text };
}

function describeMixture(shape: Shape): Pick<ColumnReport, "kinds"> {
  const found = kinds.flatMap(([kind, key]) => {
    const count = shape[key]?.count ?? 0;
    const first = shape.examples[kind];
    return first === undefined ? [] : [[kind, { count, first }] as const];
  });
  return found.length < 2 ? {} : { kinds: Object.fromEntries(found) };
}
