import type { ColumnRule } from "../catalog/catalog.js";
import type { TimeFormat } from "../ports/warehouse.js";
import type { TableField } from "../schema/table-field.js";
import type { Random } from "./random.js";

/** A catalogued type, as far as made-up rows need it. */
export interface SampleType {
  readonly name: string;
  readonly fields: readonly TableField[];
  readonly columns: ReadonlyMap<string, ColumnRule>;
  /** How many times as often as a type of weight 1. */
  readonly weight: number;
}

/** One JSON object, without its newline, that the type's schema takes. Built as text: integers may pass 2^53. */
export function makeSampleRow(
  type: SampleType,
  typeKey: readonly string[],
  eventTimeMs: number,
  random: Random,
): string {
  const writeRecord = (
    fields: readonly TableField[],
    path: readonly string[],
  ): string => {
    const members: string[] = [];
    for (const field of fields) {
      const fieldPath = [...path, field.name];
      const text = writeMember(field, fieldPath);
      if (text !== null) members.push(`${JSON.stringify(field.name)}:${text}`);
    }
    return `{${members.join(",")}}`;
  };
  const writeMember = (
    field: TableField,
    path: readonly string[],
  ): string | null => {
    if (path.join("\n") === typeKey.join("\n"))
      return JSON.stringify(type.name);
    if (field.mode === "REPEATED") {
      const items = Array.from({ length: random.integer(0, 3) }, () =>
        writeValue(field, path),
      );
      return `[${items.join(",")}]`;
    }
    const holdsTypeKey = path.every((name, index) => typeKey[index] === name);
    if (field.mode === "NULLABLE" && !holdsTypeKey) {
      if (random.chance(0.06)) return null;
      if (random.chance(0.06)) return "null";
    }
    return writeValue(field, path);
  };
  const writeValue = (field: TableField, path: readonly string[]): string => {
    const rule = path.length === 1 ? type.columns.get(field.name) : undefined;
    if (rule?.wrap === "string") return makeVolatileJson(random);
    if (rule?.from) return writeTime(rule.from, eventTimeMs, random);
    return field.type === "RECORD"
      ? writeRecord(field.fields, path)
      : writeScalar(field, eventTimeMs, random);
  };
  return writeRecord(type.fields, []);
}

function writeTime(format: TimeFormat, timeMs: number, random: Random): string {
  switch (format) {
    case "epoch_seconds":
      return String(Math.floor(timeMs / 1000));
    case "epoch_millis":
      return String(timeMs);
    case "epoch_micros":
      return `${timeMs}${String(random.integer(0, 999)).padStart(3, "0")}`;
    case "iso8601":
      return JSON.stringify(new Date(timeMs).toISOString());
  }
}

function writeScalar(
  field: TableField,
  timeMs: number,
  random: Random,
): string {
  const iso = new Date(timeMs).toISOString();
  switch (field.type) {
    case "INTEGER":
      if (random.chance(0.1)) return "0";
      if (field.name.endsWith("_id"))
        return `90071992547${random.integer(40993, 99999)}`;
      return String(random.integer(1, 5000));
    case "FLOAT":
      return random.chance(0.1)
        ? "0"
        : String(random.integer(1, 100_000) / 100);
    case "NUMERIC":
    case "BIGNUMERIC":
      return `${random.integer(0, 99_999)}.${String(random.integer(0, 99)).padStart(2, "0")}`;
    case "BOOLEAN":
      return String(random.chance(0.5));
    case "TIMESTAMP":
      return JSON.stringify(iso);
    case "DATETIME":
      return JSON.stringify(iso.slice(0, 19));
    case "DATE":
      return JSON.stringify(iso.slice(0, 10));
    case "TIME":
      return JSON.stringify(iso.slice(11, 19));
    case "BYTES":
      return JSON.stringify(
        Buffer.from(`bytes ${random.integer(0, 999)}`).toString("base64"),
      );
    case "GEOGRAPHY":
      return JSON.stringify(
        `POINT(${random.integer(-179, 179)} ${random.integer(-89, 89)})`,
      );
    case "JSON":
      return makeVolatileJson(random);
    case "STRING":
      return JSON.stringify(makeText(field.name, random));
    case "RECORD":
      return "{}";
  }
}

function makeText(column: string, random: Random): string {
  const number = random.integer(1, 99_999);
  if (/(^|_)id$/.test(column))
    return `${column.replace(/_?id$/, "") || "id"}-${number}`;
  if (column.includes("url") || column.includes("referrer"))
    return `https://shop.example/p/${number}?from=mail&q=%EC%B0%A8`;
  if (column.includes("currency")) return random.pick(["KRW", "USD", "EUR"]);
  if (column.includes("country")) return random.pick(["KR", "US", "DE", "JP"]);
  if (column.includes("mail")) return `user${number}@mail.example`;
  return random.pick([
    "plain",
    "",
    "서울 한글 로그",
    "naïve café",
    'says "hello", {braces}',
    "tab\tand\nnewline",
    "emoji 😀 끝",
    `value ${number}`,
  ]);
}

function makeVolatileJson(random: Random): string {
  return random.pick([
    '{"status": "ok", "code": 200, "amount": 10.50}',
    '{"status":"rejected","why":["card_expired",{"retry":false}]}',
    "[1, 2.0, 3e2]",
    "9007199254740993",
    '"plain text"',
    "null",
    '{"이름":"값","nested":{"deep":[[]]}}',
  ]);
}
