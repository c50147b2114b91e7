import type { LogType } from "./catalog.js";
import { UsageError } from "../errors.js";
import type {
  ColumnMapping,
  Conversion,
  TimeFormat,
} from "../ports/warehouse.js";
import { timeFormatTypes } from "../schema/judge-time-format.js";
import type { TableField } from "../schema/table-field.js";

/** What the origin table of a type looks like, and how its columns come from TEMP's. */
export interface OriginShape {
  /** `folder_hour` first, then the schema file's columns in its order, after rename, drop, conversion and wrap. */
  readonly fields: readonly TableField[];
  readonly columns: readonly ColumnMapping[];
  /** The schema file's columns that hold times, and how. */
  readonly timeFormats: ReadonlyMap<string, TimeFormat>;
}

/** What TEMP and origin are made from. */
export type ShapedType = Pick<LogType, "name" | "columns">;

const folderHourField: TableField = {
  name: "folder_hour",
  type: "TIMESTAMP",
  mode: "NULLABLE",
  description: "The UTC hour of the source folder",
  fields: [],
};

/**
 * Derives the origin table from the schema file's fields and the catalog's column rules. The result of an `sql` rule has the type that
 * the schema file gives to its column. Throws UsageError on a rule that fits no column, or two columns of one name.
 */
export function shapeOrigin(
  type: ShapedType,
  tempFields: readonly TableField[],
  timezone: string,
): OriginShape {
  const known = new Set(tempFields.map(({ name }) => name.toLowerCase()));
  for (const name of type.columns.keys()) {
    if (known.has(name.toLowerCase())) continue;
    throw new UsageError(
      `types.${type.name}.columns.${name}: the schema file has no such column; it has ${tempFields.map((field) => field.name).join(", ")}`,
    );
  }
  const rules = new Map(
    [...type.columns].map(([name, rule]) => [name.toLowerCase(), rule]),
  );
  const fields: TableField[] = [folderHourField];
  const columns: ColumnMapping[] = [];
  const timeFormats = new Map<string, TimeFormat>();
  for (const field of tempFields) {
    const rule = rules.get(field.name.toLowerCase());
    if (rule?.drop === true) continue;
    const where = `types.${type.name}.columns.${field.name}`;
    const target = rule?.rename ?? field.name;
    let conversion: Conversion = { kind: "copy" };
    let originField: TableField = { ...field, name: target };
    if (rule?.sql != null) {
      conversion = { kind: "sql", expression: rule.sql };
    } else if (rule?.from != null) {
      const to = rule.to ?? "timestamp";
      checkTimeColumn(where, field, rule.from);
      timeFormats.set(field.name, rule.from);
      conversion =
        to === "timestamp"
          ? { kind: "timestamp", from: rule.from }
          : { kind: "datetime", from: rule.from, timezone };
      originField = {
        ...originField,
        type: to === "timestamp" ? "TIMESTAMP" : "DATETIME",
      };
    } else if (
      rule?.wrap === "string" &&
      (field.type !== "STRING" || field.mode === "REPEATED")
    ) {
      throw new UsageError(
        `${where}.wrap: a wrapped column arrives as text, but the schema file says ${field.type} ${field.mode}: make it STRING there`,
      );
    }
    fields.push(originField);
    columns.push({ source: field.name, target, conversion });
  }
  checkNames(type.name, fields);
  return { fields, columns, timeFormats };
}

function checkTimeColumn(
  where: string,
  field: TableField,
  from: TimeFormat,
): void {
  const types = timeFormatTypes[from];
  if (field.mode !== "REPEATED" && types.includes(field.type)) return;
  throw new UsageError(
    `${where}.from: ${from} is read from ${types.join(", ")}, but the schema file says ${field.type} ${field.mode}`,
  );
}

function checkNames(typeName: string, fields: readonly TableField[]): void {
  const seen = new Set<string>();
  for (const { name } of fields) {
    const key = name.toLowerCase();
    if (seen.has(key)) {
      throw new UsageError(
        `types.${typeName}.columns: the table would have two columns named ${name}; rename or drop one`,
      );
    }
    seen.add(key);
  }
}
