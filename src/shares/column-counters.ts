import type { ColumnCounts } from "../ports/warehouse.js";
import type { FieldType, TableField } from "../schema/table-field.js";

export interface ColumnCounter {
  readonly path: string;
  /** In lower case. */
  readonly name: string;
  readonly isRepeated: boolean;
  readonly isNumeric: boolean;
  readonly record: RecordCounter | null;
  seen: number;
  /** Number of the record that was seen last: one that spells the key in two cases has it once. */
  lastSeen: number;
  nulls: number;
  zeros: number;
  empties: number;
}

export interface RecordCounter {
  records: number;
  readonly columns: readonly ColumnCounter[];
  /** By key as it is spelled, and in lower case. */
  readonly byKey: ReadonlyMap<string, ColumnCounter>;
  /** By hashKey of the key in lower case; null where two of the columns have the same. */
  readonly byHash: ReadonlyMap<number, ColumnCounter> | null;
}

const numericTypes: ReadonlySet<FieldType> = new Set([
  "INTEGER",
  "FLOAT",
  "NUMERIC",
  "BIGNUMERIC",
]);

export const hashStart = 7;

/** One character more. */
export function hashOn(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) | 0;
}

export function openRecord(
  fields: readonly TableField[],
  path: string,
): RecordCounter {
  const columns = fields.map((field): ColumnCounter => {
    const columnPath = path === "" ? field.name : `${path}.${field.name}`;
    return {
      path: columnPath,
      name: field.name.toLowerCase(),
      isRepeated: field.mode === "REPEATED",
      isNumeric: numericTypes.has(field.type),
      record:
        field.type === "RECORD" ? openRecord(field.fields, columnPath) : null,
      seen: 0,
      lastSeen: 0,
      nulls: 0,
      zeros: 0,
      empties: 0,
    };
  });
  const byKey = new Map<string, ColumnCounter>();
  for (const [index, { name }] of fields.entries()) {
    const column = columns[index];
    if (column === undefined) continue;
    byKey.set(name, column);
    byKey.set(column.name, column);
  }
  const byHash = new Map(columns.map((each) => [hashName(each.name), each]));
  return {
    records: 0,
    columns,
    byKey,
    byHash: byHash.size === columns.length ? byHash : null,
  };
}

function hashName(name: string): number {
  let hash = hashStart;
  for (let at = 0; at < name.length; at += 1)
    hash = hashOn(hash, name.charCodeAt(at));
  return hash;
}

/** In the schema's order, those of a RECORD after it. */
export function listCounts(record: RecordCounter): ColumnCounts[] {
  return record.columns.flatMap((column) => {
    const { path, seen, nulls, zeros, empties } = column;
    const { records } = record;
    const missing = records - seen;
    const own = { column: path, records, nulls, missing, zeros, empties };
    return column.record === null ? [own] : [own, ...listCounts(column.record)];
  });
}
