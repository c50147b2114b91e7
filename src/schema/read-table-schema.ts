import { CatalogError, type Problem } from "../errors.js";
import { parseJson, type JsonNode } from "../json/parse-json.js";
import { findColumnNameFault } from "./column-name.js";
import { locateOffset } from "./locate-offset.js";
import { quoteFound } from "./quote-found.js";
import { suggestName } from "./suggest-name.js";
import {
  fieldTypes,
  type FieldMode,
  type FieldType,
  type TableField,
} from "./table-field.js";

type ObjectNode = Extract<JsonNode, { kind: "object" }>;
type Report = (node: JsonNode, path: string, message: string) => void;

const attributes = ["name", "type", "mode", "description", "fields"];
const modes: readonly FieldMode[] = ["NULLABLE", "REQUIRED", "REPEATED"];
const maxDepth = 15;
const maxColumns = 10_000;
const typesByName = new Map<string, FieldType>([
  ...fieldTypes.map((type) => [type, type] as const),
  ["INT64", "INTEGER"],
  ["FLOAT64", "FLOAT"],
  ["BOOL", "BOOLEAN"],
  ["STRUCT", "RECORD"],
]);

/**
 * Reads a BigQuery schema file, as `bq show --schema` prints it.
 * Throws CatalogError with every problem; `fileName` is for its messages.
 */
export function parseTableSchema(text: string, fileName: string): TableField[] {
  const problems: Problem[] = [];
  const report: Report = (node, path, message) =>
    problems.push({
      file: fileName,
      ...locateOffset(text, node.start),
      path,
      message,
    });

  const root = parseRoot(text, fileName);
  const fields = readFields(root, "", 1, report);
  if (countColumns(fields) > maxColumns) {
    report(
      root,
      "",
      `${countColumns(fields)} columns: BigQuery takes at most ${maxColumns}`,
    );
  }
  if (problems.length > 0) throw new CatalogError(problems);
  return fields;
}

function parseRoot(text: string, fileName: string): JsonNode {
  try {
    JSON.parse(text);
  } catch (error) {
    const at = /position (\d+)/.exec(
      error instanceof Error ? error.message : "",
    )?.[1];
    const offset = at === undefined ? text.length : Number(at);
    const message =
      "is not JSON from here on: expected a list of columns, as bq show --schema prints it";
    throw new CatalogError([
      { file: fileName, ...locateOffset(text, offset), path: "", message },
    ]);
  }
  return parseJson(text);
}

function readFields(
  node: JsonNode,
  path: string,
  depth: number,
  report: Report,
): TableField[] {
  if (node.kind !== "array") {
    report(node, path, `found ${describe(node)}, expected a list of columns`);
    return [];
  }
  if (node.items.length === 0)
    report(node, path, "is empty: expected at least one column");
  if (depth > maxDepth) {
    report(
      node,
      path,
      `lies ${depth} levels deep: BigQuery takes at most ${maxDepth}`,
    );
    return [];
  }
  const seen = new Set<string>();
  return node.items.flatMap((item, index) => {
    const field = readField(item, `${path}[${index}]`, depth, report);
    if (field === null) return [];
    const folded = field.name.toLowerCase();
    if (seen.has(folded)) {
      report(
        attribute(item, "name") ?? item,
        `${path}[${index}].name`,
        `${quoteFound(field.name)} is there twice: BigQuery ignores the case of names`,
      );
    }
    seen.add(folded);
    return [field];
  });
}

function readField(
  node: JsonNode,
  path: string,
  depth: number,
  report: Report,
): TableField | null {
  if (node.kind !== "object") {
    report(
      node,
      path,
      `found ${describe(node)}, expected a column: {"name": ..., "type": ...}`,
    );
    return null;
  }
  checkAttributes(node, path, report);
  const name = readName(node, path, depth, report);
  const type = readChoice(node, path, "type", typesByName, report);
  const mode =
    attribute(node, "mode") === null
      ? "NULLABLE"
      : readChoice(
          node,
          path,
          "mode",
          new Map(modes.map((each) => [each, each])),
          report,
        );
  const description = readDescription(node, path, report);
  const nested = attribute(node, "fields");
  if (type === "RECORD" && nested === null) {
    report(node, path, 'is a RECORD without columns: expected "fields": [...]');
  }
  if (type !== null && type !== "RECORD" && nested !== null) {
    report(
      nested,
      `${path}.fields`,
      `found columns in a ${type}: only a RECORD has them`,
    );
  }
  const fields =
    nested === null
      ? []
      : readFields(nested, `${path}.fields`, depth + 1, report);
  if (name === null || type === null || mode === null) return null;
  return {
    name,
    type,
    mode,
    ...(description === null ? {} : { description }),
    fields,
  };
}

function checkAttributes(node: ObjectNode, path: string, report: Report): void {
  const seen = new Set<string>();
  for (const { key, value } of node.members) {
    if (seen.has(key))
      report(value, path, `has the key ${quoteFound(key)} twice`);
    else if (!attributes.includes(key)) {
      const suggestion = suggestName(key, attributes);
      report(
        value,
        path,
        `has the unknown key ${quoteFound(key)}${suggestion}: expected only ${attributes.join(", ")}`,
      );
    }
    seen.add(key);
  }
}

function readName(
  node: ObjectNode,
  path: string,
  depth: number,
  report: Report,
): string | null {
  const name = attribute(node, "name");
  if (name === null) {
    report(node, path, 'has no "name"');
    return null;
  }
  if (name.kind !== "string") {
    report(
      name,
      `${path}.name`,
      `found ${describe(name)}, expected a column name`,
    );
    return null;
  }
  const fault = findColumnNameFault(name.value);
  if (fault !== null)
    report(name, `${path}.name`, `${quoteFound(name.value)} ${fault}`);
  else if (depth === 1 && name.value.toLowerCase() === "folder_hour") {
    report(
      name,
      `${path}.name`,
      `"${name.value}" is added by sluice itself: rename the log's own column in the schema`,
    );
  }
  return name.value;
}

function readChoice<T>(
  node: ObjectNode,
  path: string,
  key: string,
  choices: ReadonlyMap<string, T>,
  report: Report,
): T | null {
  const value = attribute(node, key);
  if (value === null) {
    report(node, path, `has no "${key}"`);
    return null;
  }
  const choice =
    value.kind === "string"
      ? choices.get(value.value.toUpperCase())
      : undefined;
  if (choice !== undefined) return choice;
  const names = [...choices.keys()];
  const suggestion =
    value.kind === "string" ? suggestName(value.value, names) : "";
  report(
    value,
    `${path}.${key}`,
    `${describe(value)} is not one of ${names.join(", ")}${suggestion}`,
  );
  return null;
}

function readDescription(
  node: ObjectNode,
  path: string,
  report: Report,
): string | null {
  const description = attribute(node, "description");
  if (description === null) return null;
  if (description.kind === "string") return description.value;
  report(
    description,
    `${path}.description`,
    `found ${describe(description)}, expected text`,
  );
  return null;
}

function attribute(node: JsonNode, key: string): JsonNode | null {
  if (node.kind !== "object") return null;
  return node.members.findLast((member) => member.key === key)?.value ?? null;
}

function describe(node: JsonNode): string {
  switch (node.kind) {
    case "object":
      return "an object";
    case "array":
      return "a list";
    case "string":
      return quoteFound(node.value);
    case "number":
      return `the number ${node.text.slice(0, 80)}`;
    case "boolean":
      return String(node.value);
    case "null":
      return "null";
  }
}

function countColumns(fields: readonly TableField[]): number {
  return fields.reduce((sum, field) => sum + 1 + countColumns(field.fields), 0);
}
