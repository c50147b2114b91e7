import type { Problem } from "../../errors.js";
import { timeFormatTypes } from "../../schema/judge-time-format.js";
import { quoteFound } from "../../schema/quote-found.js";
import { suggestName } from "../../schema/suggest-name.js";
import type { TableField } from "../../schema/table-field.js";
import type { ColumnRule, LogType } from "../catalog.js";
import type { CatalogPath } from "../parse-catalog.js";
import { tableSchemaFile } from "../table-schema-file.js";
import type { Rule, RuleContext } from "./rule.js";

export const columnsAreInTheSchema: Rule = (context) =>
  eachSchema(context, (type, fields) => {
    const names = fields.map((field) => field.name);
    return [...type.columns.keys()].flatMap((column) => {
      if (names.includes(column)) return [];
      const hint =
        suggestName(column, names) || `: expected one of ${names.join(", ")}`;
      const message = `${tableSchemaFile(type.name)} has no such column${hint}`;
      return [
        context.problemAtKey(["types", type.name, "columns", column], message),
      ];
    });
  });

export const wrapsAreStrings: Rule = (context) =>
  eachField(context, (rule, field, path) => {
    if (
      rule.wrap === null ||
      (field.type === "STRING" && field.mode !== "REPEATED")
    )
      return [];
    const message = `the column is ${describeField(field)}: only a STRING can be wrapped`;
    return [context.problemAt([...path, "wrap"], message)];
  });

export const timesFitTheirColumns: Rule = (context) =>
  eachField(context, (rule, field, path) => {
    if (rule.from === null) return [];
    const fitting = timeFormatTypes[rule.from];
    if (fitting.includes(field.type) && field.mode !== "REPEATED") return [];
    const message = `the column is ${describeField(field)}: ${rule.from} is read from ${fitting.join(" or ")}`;
    return [context.problemAt([...path, "from"], message)];
  });

/** The columns of the table that analysts read: each name once, case apart, and none called folder_hour. */
export const tableColumnsAreDistinct: Rule = (context) =>
  eachSchema(context, (type, fields) => {
    const taken = new Map<string, string>([
      ["folder_hour", "the column that sluice adds"],
    ]);
    const kept = fields.filter(
      (field) => type.columns.get(field.name)?.drop !== true,
    );
    const renamed = (field: TableField) =>
      type.columns.get(field.name)?.rename ?? null;
    for (const field of kept) {
      if (renamed(field) === null)
        taken.set(field.name.toLowerCase(), `column ${field.name}`);
    }
    return kept.flatMap((field) => {
      const rename = renamed(field);
      if (rename === null) return [];
      const owner = taken.get(rename.toLowerCase());
      taken.set(rename.toLowerCase(), `the renamed ${field.name}`);
      if (owner === undefined) return [];
      const path = ["types", type.name, "columns", field.name, "rename"];
      return [
        context.problemAt(
          path,
          `${quoteFound(rename)} is the name of ${owner} already`,
        ),
      ];
    });
  });

/** A line's type key is a key like any other: a schema without it refuses every line. */
export const schemasHoldTheTypeKey: Rule = (context) =>
  eachSchema(context, (type, fields) => {
    if (context.raw.type_key === undefined) return [];
    let level = fields;
    for (const [index, key] of context.catalog.typeKey.entries()) {
      const field = level.find(
        ({ name }) => name.toLowerCase() === key.toLowerCase(),
      );
      if (field === undefined) {
        const missing = context.catalog.typeKey.slice(0, index + 1).join(".");
        const message = `${tableSchemaFile(type.name)} has no column ${quoteFound(missing)}, which is in every line (type_key): add it`;
        return [context.problemAtKey(["types", type.name], message)];
      }
      if (field.type !== "RECORD") return [];
      level = field.fields;
    }
    return [];
  });

function describeField(field: TableField): string {
  return field.mode === "REPEATED" ? `${field.type} REPEATED` : field.type;
}

function eachSchema(
  { catalog, schemas }: RuleContext,
  check: (type: LogType, fields: readonly TableField[]) => Problem[],
): Problem[] {
  return [...catalog.types.values()].flatMap((type) => {
    const fields = schemas.get(type.name);
    return fields === undefined ? [] : check(type, fields);
  });
}

function eachField(
  context: RuleContext,
  check: (rule: ColumnRule, field: TableField, path: CatalogPath) => Problem[],
): Problem[] {
  return eachSchema(context, (type, fields) =>
    [...type.columns].flatMap(([column, rule]) => {
      const field = fields.find(({ name }) => name === column);
      return field === undefined
        ? []
        : check(rule, field, ["types", type.name, "columns", column]);
    }),
  );
}
