import type { JsonNode } from "../json/parse-json.js";
import { formatScaledDecimal, readScaledDecimal } from "./read-decimal.js";
import {
  isTimestampMicros,
  readDateDays,
  readDatetimeMicros,
  readTimeMicros,
  readTimestampMicros,
} from "./read-time.js";
import type { FieldType } from "./table-field.js";

/**
 * A value as its column's type has it: INTEGER bigint; FLOAT number; NUMERIC bigint at scale 9; BIGNUMERIC, STRING, GEOGRAPHY and
 * JSON text; BOOLEAN boolean; BYTES bytes; TIMESTAMP and DATETIME bigint microseconds since 1970; TIME bigint microseconds since
 * midnight; DATE number of days since 1970; RECORD its columns' cells in order; REPEATED its elements' cells.
 */
export type Cell =
  null | boolean | number | bigint | string | Uint8Array | readonly Cell[];

/** What was found instead of a value that fits. */
export class Unfit {
  constructor(readonly found: string) {}
}

const smallestInt64 = -(2n ** 63n);
const largestInt64 = 2n ** 63n - 1n;
const largestNumeric = 10n ** 38n - 1n;
const smallestBignumeric = -(2n ** 255n);
const largestBignumeric = 2n ** 255n - 1n;
const bignumericScale = 38;
const base64Text =
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const integerText = /^-?\d{1,18}$/;

/**
 * One value that is neither null nor an element's array, by the rules of BigQuery's NDJSON load.
 *
 * | type | takes | refuses |
 * | --- | --- | --- |
 * | STRING | a string; a number, as it is spelled | true, false, objects, arrays |
 * | INTEGER | a number without a fraction (`1`, `1.0`, `1e3`), a string of digits, within 64 bits | `1.5`, `"1.0"`, 2^63 |
 * | FLOAT | a number, a string that spells one, `"NaN"`, `"Infinity"`, `"-Infinity"` | numbers past a double's range |
 * | NUMERIC | as FLOAT, but finite: 29 digits and 9 decimals, further decimals rounded half away from zero | 1e29 |
 * | BIGNUMERIC | the same with 38 digits and 38 decimals | 1e39 |
 * | BOOLEAN | `true`, `false`, the strings `"true"` and `"false"` in any case | numbers, other strings |
 * | BYTES | a string of base64, padded | other strings |
 * | DATE | `"YYYY-MM-DD"` | days that no calendar has |
 * | TIME | `"HH:MM[:SS[.ffffff]]"` | |
 * | DATETIME | `"YYYY-MM-DD[ HH:MM[:SS[.ffffff]]]"`, with a space or T | an offset |
 * | TIMESTAMP | as DATETIME, with `Z`, `UTC`, an offset or none (UTC), `/` as well as `-`; a number: seconds since 1970 | years before 1 and after 9999 |
 * | GEOGRAPHY | a string; its WKT or GeoJSON is left to the warehouse | all else |
 * | JSON | any value, kept as it is spelled | |
 * | RECORD | an object, by the rules for its columns | all else |
 *
 * Null and a missing key are the same: null in a NULLABLE column, no elements in a REPEATED one, a misfit in a REQUIRED one. A
 * REPEATED column takes an array, whose elements may not be null. Keys are matched to columns without regard to case; a key without
 * a column, and a second key for one column, are misfits.
 *
 * Sources: https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-json (limitations, data types),
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types (ranges),
 * https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema (roundingMode),
 * https://github.com/bxparks/bigquery-schema-generator (observed behaviour of `bq load`: null for REPEATED, quoted values),
 * https://github.com/GoogleCloudPlatform/DataflowTemplates/issues/132 (no boolean to STRING).
 */
export function judgeValue(
  type: Exclude<FieldType, "RECORD">,
  node: JsonNode,
  line: string,
): Exclude<Cell, null> | Unfit {
  if (type === "JSON") return line.slice(node.start, node.end);
  const text =
    node.kind === "number"
      ? node.text
      : node.kind === "string"
        ? node.value
        : null;
  if (text === null && type !== "BOOLEAN") return new Unfit(nameKind(node));
  const spelled = text ?? "";
  switch (type) {
    case "STRING":
      return spelled;
    case "INTEGER":
      return judgeInteger(spelled, node);
    case "FLOAT":
      return judgeFloat(spelled, node);
    case "NUMERIC":
    case "BIGNUMERIC":
      return judgeDecimal(type, spelled, node);
    case "BOOLEAN":
      return judgeBoolean(node);
    case "BYTES":
      if (node.kind !== "string") return new Unfit(nameKind(node));
      return base64Text.test(spelled)
        ? Buffer.from(spelled, "base64")
        : new Unfit("a string that is no base64");
    case "GEOGRAPHY":
      return node.kind === "string" ? spelled : new Unfit(nameKind(node));
    case "TIMESTAMP":
      return node.kind === "number"
        ? judgeEpochSeconds(spelled)
        : judgeTime(type, node);
    case "DATE":
    case "TIME":
    case "DATETIME":
      return judgeTime(type, node);
  }
}

/** `a string`, `a number`, `an object`: for messages. */
export function nameKind(node: JsonNode): string {
  switch (node.kind) {
    case "object":
    case "array":
      return `an ${node.kind}`;
    case "null":
      return "null";
    case "string":
    case "number":
    case "boolean":
      return `a ${node.kind}`;
  }
}

function judgeInteger(text: string, node: JsonNode): bigint | Unfit {
  if (integerText.test(text)) return BigInt(text);
  if (node.kind === "string" && !/^[+-]?\d+$/.test(text)) {
    return new Unfit("a string that is no integer");
  }
  const read = readScaledDecimal(text, 0);
  if (read === "huge") return new Unfit("a number outside of 64 bits");
  if (read === null) return new Unfit("a string that is no integer");
  if (!read.exact) return new Unfit("a number with a fraction");
  const fits = read.scaled >= smallestInt64 && read.scaled <= largestInt64;
  return fits ? read.scaled : new Unfit("a number outside of 64 bits");
}

function judgeFloat(text: string, node: JsonNode): number | Unfit {
  if (node.kind === "string") {
    if (/^[+-]?(inf|infinity|nan)$/i.test(text)) {
      if (/nan$/i.test(text)) return NaN;
      return text.startsWith("-") ? -Infinity : Infinity;
    }
    if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) {
      return new Unfit("a string that is no number");
    }
  }
  const value = Number(text);
  return Number.isFinite(value)
    ? value
    : new Unfit("a number outside of a double's range");
}

function judgeDecimal(
  type: "NUMERIC" | "BIGNUMERIC",
  text: string,
  node: JsonNode,
): bigint | string | Unfit {
  const read = readScaledDecimal(
    text,
    type === "NUMERIC" ? 9 : bignumericScale,
  );
  if (read === null)
    return new Unfit(`${nameKind(node)} that is no decimal number`);
  const outside = new Unfit(`a number outside of ${type}'s range`);
  if (read === "huge") return outside;
  const { scaled } = read;
  if (type === "NUMERIC") {
    return scaled <= largestNumeric && scaled >= -largestNumeric
      ? scaled
      : outside;
  }
  const fits = scaled <= largestBignumeric && scaled >= smallestBignumeric;
  return fits ? formatScaledDecimal(scaled, bignumericScale) : outside;
}

function judgeBoolean(node: JsonNode): boolean | Unfit {
  if (node.kind === "boolean") return node.value;
  if (node.kind !== "string") return new Unfit(nameKind(node));
  if (/^true$/i.test(node.value)) return true;
  if (/^false$/i.test(node.value)) return false;
  return new Unfit("a string that is neither true nor false");
}

function judgeEpochSeconds(text: string): bigint | Unfit {
  const read = readScaledDecimal(text, 6);
  const fits =
    read !== null && read !== "huge" && isTimestampMicros(read.scaled);
  return fits
    ? read.scaled
    : new Unfit("a number of seconds outside of the years 1 to 9999");
}

const timeReaders = {
  TIMESTAMP: readTimestampMicros,
  DATE: readDateDays,
  TIME: readTimeMicros,
  DATETIME: readDatetimeMicros,
} as const;

function judgeTime(
  type: keyof typeof timeReaders,
  node: JsonNode,
): bigint | number | Unfit {
  if (node.kind !== "string") return new Unfit(nameKind(node));
  return (
    timeReaders[type](node.value) ?? new Unfit(`a string that is no ${type}`)
  );
}
