import type { InferenceFinding } from "./choose-column.js";
import type { TableField } from "./table-field.js";

/** By dotted path in lower case: what the judge found instead of the existing columns' values. */
type Misfits = ReadonlyMap<string, ReadonlySet<string>>;

const absences = ["no key", "null"];
const strange = "a key that the schema lacks";

/**
 * The existing columns in their order, as they are wherever every row fits them, then those that are new. A column whose values do not
 * fit becomes the inferred one and keeps its description; a REQUIRED one that rows lack becomes NULLABLE.
 */
export function mergeFields(
  existing: readonly TableField[],
  inferred: readonly TableField[],
  misfits: Misfits,
  findings: InferenceFinding[],
  path = "",
): TableField[] {
  const found = new Map(
    inferred.map((field) => [field.name.toLowerCase(), field]),
  );
  const merged = existing.map((field) => {
    const folded = field.name.toLowerCase();
    const other = found.get(folded);
    found.delete(folded);
    const column = path === "" ? field.name : `${path}.${field.name}`;
    return mergeField(field, other, misfits, findings, column);
  });
  for (const field of found.values()) {
    findings.push({
      column: path === "" ? field.name : `${path}.${field.name}`,
      message: `is new: ${field.type} ${field.mode}`,
    });
  }
  return [...merged, ...found.values()];
}

function mergeField(
  field: TableField,
  other: TableField | undefined,
  misfits: Misfits,
  findings: InferenceFinding[],
  column: string,
): TableField {
  const here = [...(misfits.get(column.toLowerCase()) ?? [])];
  const isAbsent = here.some((found) => absences.includes(found));
  const refusals = here.filter(
    (found) => !absences.includes(found) && !found.startsWith(strange),
  );
  const cannotBeRecord =
    field.type === "RECORD" &&
    other !== undefined &&
    other.type !== "RECORD" &&
    [...misfits.keys()].some((path) =>
      path.startsWith(`${column.toLowerCase()}.`),
    );
  if (other !== undefined && (refusals.length > 0 || cannotBeRecord)) {
    const why =
      refusals.length === 0
        ? "does not take what is inside of it"
        : `does not take ${refusals.slice(0, 3).join(", ")}`;
    findings.push({
      column,
      message: `was ${field.type} ${field.mode}, which ${why}: ${other.type} ${other.mode}`,
    });
    const isRequired =
      field.mode === "REQUIRED" && other.mode === "NULLABLE" && !isAbsent;
    const kept = keepDescriptions(field, other);
    return isRequired ? { ...kept, mode: "REQUIRED" } : kept;
  }
  const mode = field.mode === "REQUIRED" && isAbsent ? "NULLABLE" : field.mode;
  if (mode !== field.mode)
    findings.push({
      column,
      message: "was REQUIRED, and rows are without it: NULLABLE",
    });
  if (other === undefined)
    findings.push({ column, message: "is in no row; it stays as it was" });
  const fields =
    field.type === "RECORD" && other?.type === "RECORD"
      ? mergeFields(field.fields, other.fields, misfits, findings, column)
      : field.fields;
  return { ...field, mode, fields };
}

/** The inferred column with the descriptions of the existing one, those inside of it included. */
function keepDescriptions(field: TableField, other: TableField): TableField {
  const inside = new Map(
    field.fields.map((inner) => [inner.name.toLowerCase(), inner]),
  );
  return {
    ...other,
    name: field.name,
    ...(field.description !== undefined && { description: field.description }),
    fields: other.fields.map((inner) => {
      const known = inside.get(inner.name.toLowerCase());
      return known === undefined ? inner : keepDescriptions(known, inner);
    }),
  };
}
