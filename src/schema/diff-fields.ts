import type { TableField } from "./table-field.js";

/** One difference between two schemas. */
export interface FieldChange {
  /** Dotted path; empty for the order of all columns. */
  readonly column: string;
  readonly kind:
    "added" | "removed" | "type" | "mode" | "description" | "order";
  readonly before: TableField | null;
  readonly after: TableField | null;
  /** `price: INTEGER NULLABLE, now FLOAT NULLABLE`. */
  readonly message: string;
}

/** What it takes to turn one schema into the other, in the columns' order; names are matched without regard to case. */
export function diffFields(
  before: readonly TableField[],
  after: readonly TableField[],
  path = "",
): FieldChange[] {
  const standing = new Map(
    before.map((field) => [field.name.toLowerCase(), field]),
  );
  const changes = after.flatMap((field) => {
    const column = path === "" ? field.name : `${path}.${field.name}`;
    const found = standing.get(field.name.toLowerCase());
    standing.delete(field.name.toLowerCase());
    return found === undefined
      ? [
          change(
            "added",
            null,
            field,
            column,
            `is new, ${describeField(field)}`,
          ),
        ]
      : diffField(found, field, column);
  });
  for (const field of standing.values()) {
    const column = path === "" ? field.name : `${path}.${field.name}`;
    changes.push(
      change(
        "removed",
        field,
        null,
        column,
        `is gone, was ${describeField(field)}`,
      ),
    );
  }
  const isMoved =
    changes.every(({ kind }) => kind !== "added" && kind !== "removed") &&
    before.some(
      ({ name }, index) =>
        name.toLowerCase() !== after[index]?.name.toLowerCase(),
    );
  if (isMoved) {
    const names = after.map(({ name }) => name).join(", ");
    changes.push({
      column: path,
      kind: "order",
      before: null,
      after: null,
      message: `${path === "" ? "the columns" : path}: in another order, now ${names}`,
    });
  }
  return changes;
}

/** `INTEGER NULLABLE`; a RECORD with the number of its columns. */
function describeField({ type, storedAs, mode, fields }: TableField): string {
  const inside = fields.length === 1 ? "1 column" : `${fields.length} columns`;
  return type === "RECORD"
    ? `${type} ${mode} of ${inside}`
    : `${storedAs ?? type} ${mode}`;
}

function diffField(
  before: TableField,
  after: TableField,
  column: string,
): FieldChange[] {
  const changes: FieldChange[] = [];
  const now = `${describeField(before)}, now ${describeField(after)}`;
  if (before.type !== after.type || before.storedAs !== after.storedAs)
    return [change("type", before, after, column, now)];
  if (before.mode !== after.mode)
    changes.push(change("mode", before, after, column, now));
  if ((before.description ?? "") !== (after.description ?? "")) {
    const words = `described as ${JSON.stringify(before.description ?? "")}, now as ${JSON.stringify(after.description ?? "")}`;
    changes.push(change("description", before, after, column, words));
  }
  return [...changes, ...diffFields(before.fields, after.fields, column)];
}

function change(
  kind: FieldChange["kind"],
  before: TableField | null,
  after: TableField | null,
  column: string,
  words: string,
): FieldChange {
  return { column, kind, before, after, message: `${column}: ${words}` };
}
