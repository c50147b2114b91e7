import type { Problem } from "../../errors.js";
import { quoteFound } from "../../schema/quote-found.js";
import { suggestName } from "../../schema/suggest-name.js";
import type { TableField } from "../../schema/table-field.js";
import { tableSchemaFile } from "../table-schema-file.js";
import type { Rule } from "./rule.js";

/** A mask that hides nothing is a mistake of somebody who thinks that it does. One of all types is sound where one type has the column. */
export const masksAreColumns: Rule = (context) => [
  ...findTypesProblems(context),
  ...findTopProblems(context),
];

const findTypesProblems: Rule = ({ raw, schemas, problemAt }) =>
  Object.entries(raw.types ?? {}).flatMap(([name, type]) => {
    const fields = schemas.get(name);
    if (fields === undefined) return [];
    return eachPath(type?.mask, (path, index) => {
      const fault = findFault(path, fields, tableSchemaFile(name));
      return fault === null
        ? []
        : [problemAt(["types", name, "mask", index], fault)];
    });
  });

const findTopProblems: Rule = ({ raw, catalog, schemas, problemAt }) => {
  if (schemas.size < catalog.types.size) return [];
  return eachPath(raw.mask, (path, index) => {
    const isColumn = [...schemas].some(
      ([name, fields]) => findFault(path, fields, name) === null,
    );
    if (isColumn || schemas.size === 0) return [];
    const names = [...schemas.values()].flatMap((fields) => listPaths(fields));
    const message = `no type's schema file has a column ${quoteFound(path)}${suggestName(path, names)}`;
    return [problemAt(["mask", index], message)];
  });
};

function eachPath(
  mask: readonly string[] | undefined,
  check: (path: string, index: string) => Problem[],
): Problem[] {
  // What was at fault is left out, and its place stays empty.
  return [...(mask ?? []).entries()].flatMap(
    ([index, path]: [number, string | undefined]) =>
      path === undefined ? [] : check(path, String(index)),
  );
}

/** Null where the schema has the column. What a JSON column holds, no schema says. */
function findFault(
  path: string,
  fields: readonly TableField[],
  file: string,
): string | null {
  let level = fields;
  let above = "";
  const names = path.split(".");
  for (const [depth, name] of names.entries()) {
    const found = above + name;
    const field = level.find(
      (each) => each.name.toLowerCase() === name.toLowerCase(),
    );
    if (field === undefined) {
      const known = level.map((each) => above + each.name);
      const hint =
        suggestName(found, known) || `: expected one of ${known.join(", ")}`;
      return `${file} has no column ${quoteFound(found)}${hint}`;
    }
    if (field.type === "JSON") return null;
    if (field.type !== "RECORD" && depth < names.length - 1)
      return `${quoteFound(found)} is ${field.type} and holds no columns: mask it whole`;
    above = `${found}.`;
    level = field.fields;
  }
  return null;
}

function listPaths(fields: readonly TableField[], above = ""): string[] {
  return fields.flatMap((field) => [
    above + field.name,
    ...listPaths(field.fields, `${above}${field.name}.`),
  ]);
}
