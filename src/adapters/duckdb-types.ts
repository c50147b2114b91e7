import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  DuckDBTypeId,
  type DuckDBType,
  type DuckDBValue,
} from "@duckdb/node-api";
import type { Cell } from "../schema/judge-value.js";
import type {
  FieldMode,
  FieldType,
  TableField,
} from "../schema/table-field.js";
import { quoteIdentifier } from "./duckdb-identifier.js";

const scalarTypes: Readonly<Record<Exclude<FieldType, "RECORD">, string>> = {
  STRING: "VARCHAR",
  BYTES: "BLOB",
  INTEGER: "BIGINT",
  FLOAT: "DOUBLE",
  NUMERIC: "DECIMAL(38,9)",
  BIGNUMERIC: "VARCHAR",
  BOOLEAN: "BOOLEAN",
  TIMESTAMP: "TIMESTAMPTZ",
  DATE: "DATE",
  TIME: "TIME",
  DATETIME: "TIMESTAMP",
  GEOGRAPHY: "VARCHAR",
  JSON: "JSON",
};

/** The column's type in DuckDB's SQL, `NOT NULL` left aside. */
export function duckdbType(field: TableField): string {
  const element =
    field.type === "RECORD"
      ? structType(field.fields)
      : scalarTypes[field.type];
  return field.mode === "REPEATED" ? `${element}[]` : element;
}

function structType(fields: readonly TableField[]): string {
  const columns = fields.map(
    (field) => `${quoteIdentifier(field.name)} ${duckdbType(field)}`,
  );
  return `STRUCT(${columns.join(", ")})`;
}

/** Prepares the making of DuckDB's values from a column's cells. */
export function compileToDuckDb(
  field: TableField,
): (cell: Cell) => DuckDBValue {
  const element = compileElement(field);
  if (field.mode !== "REPEATED")
    return (cell) => (cell === null ? null : element(cell));
  return (cell) => {
    const items = (cell ?? []) as readonly Cell[];
    return new DuckDBListValue(
      items.map((item) => (item === null ? null : element(item))),
    );
  };
}

/** The cells come from judgeRow, which made them by the same field: their types are as judgeValue's Cell says. */
function compileElement(
  field: TableField,
): (cell: Exclude<Cell, null>) => DuckDBValue {
  switch (field.type) {
    case "BYTES":
      return (cell) => new DuckDBBlobValue(cell as Uint8Array);
    case "NUMERIC":
      return (cell) => new DuckDBDecimalValue(cell as bigint, 38, 9);
    case "TIMESTAMP":
      return (cell) => new DuckDBTimestampTZValue(cell as bigint);
    case "DATE":
      return (cell) => new DuckDBDateValue(cell as number);
    case "TIME":
      return (cell) => new DuckDBTimeValue(cell as bigint);
    case "DATETIME":
      return (cell) => new DuckDBTimestampValue(cell as bigint);
    case "RECORD": {
      const columns = field.fields.map(
        (column) => [column.name, compileToDuckDb(column)] as const,
      );
      return (cell) => {
        const cells = cell as readonly Cell[];
        const entries = columns.map(([name, convert], index) => [
          name,
          convert(cells[index] ?? null),
        ]);
        return new DuckDBStructValue(
          Object.fromEntries(entries) as Record<string, DuckDBValue>,
        );
      };
    }
    case "STRING":
    case "INTEGER":
    case "FLOAT":
    case "BIGNUMERIC":
    case "BOOLEAN":
    case "GEOGRAPHY":
    case "JSON":
      return (cell) => cell as string | bigint | number | boolean;
  }
}

/** The field that a column of unknown making is nearest to. */
export function toTableField(
  name: string,
  type: DuckDBType,
  notNull: boolean,
): TableField {
  if (type.typeId === DuckDBTypeId.LIST) {
    const { valueType } = type as DuckDBType & {
      readonly valueType: DuckDBType;
    };
    return { ...toTableField(name, valueType, false), mode: "REPEATED" };
  }
  const mode: FieldMode = notNull ? "REQUIRED" : "NULLABLE";
  if (type.typeId === DuckDBTypeId.STRUCT) {
    const { entryNames, entryTypes } = type;
    const fields = entryTypes.map((entryType, index) =>
      toTableField(entryNames[index] ?? "", entryType, false),
    );
    return { name, type: "RECORD", mode, fields };
  }
  const stored = storedAs(type);
  return {
    name,
    type: toFieldType(type),
    mode,
    ...(stored === null ? {} : { storedAs: stored }),
    fields: [],
  };
}

/** A load into another DECIMAL would round without a word. */
function storedAs(type: DuckDBType): string | null {
  const name = type.toString();
  return type.typeId === DuckDBTypeId.DECIMAL && name !== scalarTypes.NUMERIC
    ? name
    : null;
}

/** Whether NUMERIC holds each value of the column as it stands. */
export function keepsEveryDigit({ storedAs }: TableField): boolean {
  const [, width, scale] =
    /^DECIMAL\((\d+),(\d+)\)$/.exec(storedAs ?? "") ?? [];
  return Number(scale) <= 9 && Number(width) - Number(scale) <= 29;
}

const nearestTypes = new Map<DuckDBTypeId, FieldType>([
  [DuckDBTypeId.TINYINT, "INTEGER"],
  [DuckDBTypeId.SMALLINT, "INTEGER"],
  [DuckDBTypeId.INTEGER, "INTEGER"],
  [DuckDBTypeId.BIGINT, "INTEGER"],
  [DuckDBTypeId.FLOAT, "FLOAT"],
  [DuckDBTypeId.DOUBLE, "FLOAT"],
  [DuckDBTypeId.DECIMAL, "NUMERIC"],
  [DuckDBTypeId.BOOLEAN, "BOOLEAN"],
  [DuckDBTypeId.BLOB, "BYTES"],
  [DuckDBTypeId.DATE, "DATE"],
  [DuckDBTypeId.TIME, "TIME"],
  [DuckDBTypeId.TIMESTAMP, "DATETIME"],
  [DuckDBTypeId.TIMESTAMP_TZ, "TIMESTAMP"],
]);

function toFieldType(type: DuckDBType): FieldType {
  if (type.alias === "JSON") return "JSON";
  return nearestTypes.get(type.typeId) ?? "STRING";
}
