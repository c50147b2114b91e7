import type { ErrorObject } from "ajv";
import type { Problem } from "../errors.js";
import { quoteFound } from "../schema/quote-found.js";
import { suggestName } from "../schema/suggest-name.js";
import { validate } from "./catalog-validator.js";
import type { CatalogPath, ParsedCatalog } from "./parse-catalog.js";
import type { RawCatalog } from "./raw-catalog.js";

/** Checks the catalog against schemas/catalog.schema.json. What is at fault is removed from the value, so that the rules can go on with the rest. */
export function checkShape(parsed: ParsedCatalog): {
  raw: RawCatalog;
  problems: Problem[];
} {
  const value = parsed.value;
  if (validate(value)) return { raw: value, problems: [] };
  const errors = (validate.errors ?? []).filter(
    ({ keyword }) => keyword !== "propertyNames",
  );
  const problems = errors.map((error) => toProblem(error, parsed));
  for (const error of errors) remove(value, faultyPath(error));
  return { raw: isRecord(value) ? value : {}, problems };
}

function toProblem(error: ErrorObject, parsed: ParsedCatalog): Problem {
  const path = pointerToPath(error.instancePath);
  const key = faultyKey(error);
  if (key !== null)
    return parsed.problemAtKey([...path, key], describeKeyFault(error, key));
  if (error.keyword === "required") {
    const missing = param(error, "missingProperty");
    return parsed.problemAt(
      [...path, missing],
      describeMissing(missing, path, error),
    );
  }
  return parsed.problemAt(path, describeValueFault(error));
}

function describeKeyFault(error: ErrorObject, key: string): string {
  if (error.propertyName !== undefined) {
    return `${quoteFound(key)} ${patternMessage(error)}`;
  }
  const known = Object.keys(properties(error.parentSchema));
  const suggestion = suggestName(key, known);
  return suggestion === ""
    ? `unknown key: expected one of ${known.join(", ")}`
    : `unknown key${suggestion}`;
}

function describeMissing(
  key: string,
  path: CatalogPath,
  error: ErrorObject,
): string {
  if (path.length === 0 && ["source", "stage", "warehouse"].includes(key)) {
    return `is missing: write it here, or set --${key} or SLUICE_${key.toUpperCase()}`;
  }
  const schema = properties(error.parentSchema)[key];
  const examples: unknown = isRecord(schema) ? schema["examples"] : undefined;
  const example: unknown = Array.isArray(examples) ? examples[0] : undefined;
  return example === undefined
    ? "is missing"
    : `is missing: expected for example ${typeof example === "string" ? example : JSON.stringify(example)}`;
}

function describeValueFault(error: ErrorObject): string {
  const found = describeFound(error.data);
  const schema = isRecord(error.parentSchema) ? error.parentSchema : {};
  switch (error.keyword) {
    case "type":
      return `found ${found}, expected ${describeTypes(schema["type"])}${quoteHint(error.data, schema["type"])}`;
    case "enum": {
      const choices = (Array.isArray(schema["enum"]) ? schema["enum"] : []).map(
        String,
      );
      const suggestion =
        typeof error.data === "string" && choices.length > 1
          ? suggestName(error.data, choices)
          : "";
      return choices.length === 1
        ? `${found} is not ${choices.join()}`
        : `${found} is not one of ${choices.join(", ")}${suggestion}`;
    }
    case "minimum":
    case "maximum":
      return `${found} is not from ${String(schema["minimum"])} to ${String(schema["maximum"])}`;
    case "exclusiveMinimum":
      return `${found} is not above ${String(schema["exclusiveMinimum"])}`;
    case "pattern":
      return `${found} ${patternMessage(error)}`;
    case "uniqueItems":
      return "lists the same entry twice";
    case "minProperties":
      return "is empty: expected at least one log type";
    default:
      return `${found} ${error.message ?? "is not valid"}`;
  }
}

function patternMessage(error: ErrorObject): string {
  const schema: unknown = error.parentSchema;
  const message = isRecord(schema) ? schema["patternErrorMessage"] : undefined;
  return typeof message === "string"
    ? message
    : (error.message ?? "is not valid");
}

const typeNames: Readonly<Record<string, string>> = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "keys with values",
};

function describeTypes(types: unknown): string {
  const names = (Array.isArray(types) ? types : [types]).filter(
    (type) => type !== "null",
  );
  return names
    .map((name) => typeNames[String(name)] ?? String(name))
    .join(" or ");
}

function quoteHint(found: unknown, types: unknown): string {
  const isQuotable = typeof found === "number" || typeof found === "boolean";
  return types === "string" && isQuotable ? ": put it in quotes" : "";
}

function describeFound(found: unknown): string {
  if (found === null || found === undefined) return "nothing";
  if (typeof found === "string") return quoteFound(found);
  if (Array.isArray(found)) return "a list";
  if (typeof found === "object") return "keys with values";
  return typeof found === "number" || typeof found === "boolean"
    ? String(found)
    : typeof found;
}

function faultyKey(error: ErrorObject): string | null {
  if (error.propertyName !== undefined) return error.propertyName;
  return error.keyword === "additionalProperties"
    ? param(error, "additionalProperty")
    : null;
}

function faultyPath(error: ErrorObject): CatalogPath {
  const path = pointerToPath(error.instancePath);
  const key = faultyKey(error);
  return key === null ? path : [...path, key];
}

function param(error: ErrorObject, name: string): string {
  const params = error.params as unknown;
  return isRecord(params) ? String(params[name]) : "";
}

function properties(schema: unknown): Record<string, unknown> {
  const found = isRecord(schema) ? schema["properties"] : undefined;
  return isRecord(found) ? found : {};
}

function pointerToPath(pointer: string): CatalogPath {
  return pointer
    .split("/")
    .slice(1)
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function remove(root: unknown, path: CatalogPath): void {
  const last = path.at(-1);
  const parent = path
    .slice(0, -1)
    .reduce<unknown>(
      (node, segment) => (isRecord(node) ? node[segment] : undefined),
      root,
    );
  if (last === undefined) return;
  if (isRecord(parent)) Reflect.deleteProperty(parent, last);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
