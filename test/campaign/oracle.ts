import { gunzipSync } from "node:zlib";
import { typeKey } from "./campaign-catalog.js";

/** What an hour must come to, by JSON.parse and nothing of sluice's. */
export interface ExpectedHour {
  readonly lines: number;
  readonly blank: number;
  /** Lines of each type, as they came, sorted. */
  readonly rows: ReadonlyMap<string, readonly string[]>;
  /** `reason key line offset` of each line that is set aside, sorted. */
  readonly setAside: readonly string[];
}

/** @param objects Bytes by key. */
export function expectHour(objects: ReadonlyMap<string, Buffer>): ExpectedHour {
  const rows = new Map<string, string[]>();
  const setAside: string[] = [];
  let lines = 0;
  let blank = 0;
  for (const [key, stored] of objects) {
    const bytes = stored[0] === 0x1f ? gunzipSync(stored) : stored;
    let number = 0;
    for (let start = 0; start < bytes.length;) {
      const found = bytes.indexOf("\n", start);
      const end = found === -1 ? bytes.length : found;
      const line = bytes.subarray(start, end);
      number += 1;
      lines += 1;
      const judged = judgeLine(line);
      if (judged === null) blank += 1;
      else if ("reason" in judged)
        setAside.push(`${judged.reason} ${key} ${number} ${start}`);
      else
        rows.set(judged.type, [...(rows.get(judged.type) ?? []), judged.text]);
      start = end + 1;
    }
  }
  return {
    lines,
    blank,
    rows: new Map([...rows].map(([type, texts]) => [type, texts.sort()])),
    setAside: setAside.sort(),
  };
}

function judgeLine(
  line: Buffer,
): { reason: string } | { type: string; text: string } | null {
  if (line.every((byte) => [0x20, 0x09, 0x0d].includes(byte))) return null;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      line,
    );
  } catch {
    return { reason: "not_utf8" };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { reason: "not_json" };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { reason: "not_object" };
  const type = (value as Record<string, unknown>)[typeKey];
  if (typeof type !== "string") return { reason: "no_type" };
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(type) || type.includes(".."))
    return { reason: "bad_type_name" };
  return { type, text: text.replace(/\r$/, "") };
}
