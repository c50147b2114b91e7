import { verdicts } from "../../../src/classify/scanner/line-scanner.js";

/** A verdict's number, or the type's name. */
export type ExpectedVerdict = number | string;

/**
 * What the scanner must say of a line, unless it leaves it to the host: what JSON.parse says of its bytes read as Latin-1.
 * So the scanner is judged on lines that are not UTF-8, too: JSON has no byte above 0x7f outside strings, in either reading.
 * @param typeKey As Latin-1 shows its UTF-8 bytes.
 */
export function expectVerdict(
  line: string,
  typeKey: readonly string[],
): ExpectedVerdict {
  if (isBlank(line)) return verdicts.blank;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return verdicts.notJson;
  }
  if (!isObject(value)) return verdicts.notObject;
  let step: unknown = value;
  for (const key of typeKey) {
    if (!isObject(step) || !Object.hasOwn(step, key)) return verdicts.noType;
    step = step[key];
  }
  return typeof step === "string" ? step : verdicts.noType;
}

export function toLatin1(text: string): string {
  return Buffer.from(text).toString("latin1");
}

function isBlank(line: string): boolean {
  for (let index = 0; index < line.length; index += 1) {
    const code = line.charCodeAt(index);
    if (code !== 0x20 && code !== 0x09 && code !== 0x0d) return false;
  }
  return true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
