import { parseJson, type JsonNode } from "../json/parse-json.js";
import { findColumnNameFault } from "./column-name.js";
import {
  isTooDeep,
  observeValue,
  newShape,
  type Shape,
} from "./value-shape.js";
import type { FieldType, TableField } from "./table-field.js";

/** What a person should know of a column's inferred type. `column` is a dotted path; empty for the rows themselves. */
export interface InferenceFinding {
  readonly column: string;
  readonly message: string;
}

export interface Inference {
  /** Every row that was seen fits these columns, where `faults` is empty. */
  readonly fields: readonly TableField[];
  readonly findings: readonly InferenceFinding[];
  /** What no schema can hold: rows that are no objects, keys that are no column names. */
  readonly faults: readonly InferenceFinding[];
  readonly rows: number;
}

export interface SchemaInferrer {
  /** One line of NDJSON. */
  add(line: string): void;
  finish(): Inference;
}

/** BigQuery's limit on all columns of a table, those of RECORDs included. */
const maxColumns = 10_000;

/**
 * Infers a schema from rows. `quoted`: whether a string that spells a number counts as one. Types are the narrowest that lose nothing:
 * what is of several kinds, or can't be columns, becomes JSON, with a finding that says why. Columns stand in the order of their first
 * appearance and are NULLABLE or REPEATED, never REQUIRED.
 */
export function createSchemaInferrer(
  quoted: "string" | "infer",
): SchemaInferrer {
  const root = newShape();
  const faults = new Map<string, InferenceFinding>();
  let rows = 0;

  function addFault(column: string, message: string): void {
    faults.set(`${column} ${message}`, { column, message });
  }

  return {
    add(line) {
      rows += 1;
      const node = readRow(line);
      if (node === null) addFault("", "is no JSON object");
      else observeValue(root, node, quoted === "infer");
    },
    finish() {
      const findings: InferenceFinding[] = [];
      if (root.hasRepeatedKeys)
        addFault("", "has a key twice, or twice but for its case");
      const fields: TableField[] = [];
      for (const { name, shape } of root.members.values()) {
        const fault =
          name.toLowerCase() === "folder_hour"
            ? "is added by sluice itself: rename it in the logs"
            : findColumnNameFault(name);
        if (fault === null)
          fields.push(toField(name, shape, name, 1, findings));
        else addFault(name, fault);
      }
      return {
        fields: keepUnderLimit(fields, findings),
        findings,
        faults: [...faults.values()],
        rows,
      };
    },
  };
}

function readRow(line: string): JsonNode | null {
  try {
    JSON.parse(line);
    const node = parseJson(line);
    return node.kind === "object" ? node : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function toField(
  name: string,
  shape: Shape,
  path: string,
  depth: number,
  findings: InferenceFinding[],
): TableField {
  const inner: InferenceFinding[] = [];
  const chosen = choose(shape, path, depth, inner);
  if (typeof chosen !== "string") {
    findings.push(...inner);
    return { name, ...chosen };
  }
  findings.push({ column: path, message: `${chosen}: JSON` });
  return { name, type: "JSON", mode: "NULLABLE", fields: [] };
}

type Choice = Pick<TableField, "type" | "mode" | "fields">;

/** The column, or the reason why it can only be JSON. */
function choose(
  shape: Shape,
  path: string,
  depth: number,
  findings: InferenceFinding[],
): Choice | string {
  const kinds = listKinds(shape);
  if (kinds.length === 0) return "has no value but null";
  if (kinds.length > 1) return `holds ${kinds.join(" and ")}`;
  if (shape.element !== null) {
    const { element } = shape;
    if (listKinds(element).length === 0 && !element.hasNull)
      return "has empty arrays only";
    if (element.hasNull) return "has null inside an array";
    if (element.element !== null) return "has arrays inside arrays";
    const chosen = choose(element, path, depth, findings);
    return typeof chosen === "string"
      ? `has arrays whose elements can be no column (${chosen})`
      : { ...chosen, mode: "REPEATED" };
  }
  if (shape.hasObject) return chooseRecord(shape, path, depth, findings);
  const scalar = chooseScalar(shape);
  if (scalar.startsWith("has ")) return scalar;
  return { type: scalar as FieldType, mode: "NULLABLE", fields: [] };
}

function chooseRecord(
  shape: Shape,
  path: string,
  depth: number,
  findings: InferenceFinding[],
): Choice | string {
  if (shape.members.size === 0) return "has empty objects only";
  if (shape.hasRepeatedKeys)
    return "has objects with a key twice, or twice but for its case";
  if (isTooDeep(depth + 1)) return "is nested deeper than BigQuery takes";
  const members = [...shape.members.values()];
  for (const { name } of members) {
    const fault = findColumnNameFault(name);
    if (fault !== null)
      return `has the key ${JSON.stringify(name)}, which ${fault}`;
  }
  const fields = members.map(({ name, shape: member }) =>
    toField(name, member, `${path}.${name}`, depth + 1, findings),
  );
  return { type: "RECORD", mode: "NULLABLE", fields };
}

function listKinds(shape: Shape): string[] {
  const numbers = shape.hasInteger || shape.hasFraction;
  // Numbers that were all quoted are texts where any other text stands beside them.
  const asText =
    shape.hasText || (numbers && shape.hasQuotedNumber && shape.hasBoolean);
  const asNumbers = shape.hasBareNumber || (numbers && !asText);
  return [
    ...(asText ? ["strings"] : []),
    ...(asNumbers ? ["numbers"] : []),
    ...(shape.hasBoolean ? ["booleans"] : []),
    ...(shape.hasObject ? ["objects"] : []),
    ...(shape.element === null ? [] : ["arrays"]),
  ];
}

function chooseScalar(shape: Shape): FieldType | `has ${string}` {
  if (shape.hasBoolean) return "BOOLEAN";
  if (shape.hasText) return "STRING";
  if (!shape.hasFraction && !shape.hasWideInteger) return "INTEGER";
  if (!shape.hasLongInteger && !shape.hasBeyondDouble) return "FLOAT";
  if (!shape.hasBeyondNumeric) return "NUMERIC";
  return "has numbers that neither FLOAT nor NUMERIC holds exactly";
}

function keepUnderLimit(
  fields: readonly TableField[],
  findings: InferenceFinding[],
): readonly TableField[] {
  let kept = fields;
  while (countColumns(kept) > maxColumns) {
    const widest = kept.reduce((one, other) =>
      countColumns(other.fields) > countColumns(one.fields) ? other : one,
    );
    if (widest.fields.length === 0) return kept;
    findings.push({
      column: widest.name,
      message: `has ${countColumns(widest.fields)} columns, too many for a table of ${maxColumns}: JSON`,
    });
    kept = kept.map((field) =>
      field === widest
        ? { name: field.name, type: "JSON", mode: "NULLABLE", fields: [] }
        : field,
    );
  }
  return kept;
}

function countColumns(fields: readonly TableField[]): number {
  return fields.reduce((sum, field) => sum + 1 + countColumns(field.fields), 0);
}
