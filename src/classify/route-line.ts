import { isUtf8 } from "node:buffer";
import type { SetAsideReason } from "./manifest.js";

export const safeTypeName = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

export type Route =
  { readonly type: string } | { readonly reason: SetAsideReason };

/**
 * What JSON.parse makes of a line that is not blank. The first reason that holds is the line's: not_utf8, not_json,
 * not_object, no_type, bad_type_name.
 */
export function routeLine(
  line: Buffer,
  isKnownUtf8: boolean,
  typeKey: readonly string[],
): Route {
  if (!isKnownUtf8 && !isUtf8(line)) return { reason: "not_utf8" };
  let value: unknown;
  try {
    value = JSON.parse(line.toString());
  } catch {
    return { reason: "not_json" };
  }
  if (!isObject(value)) return { reason: "not_object" };
  let step: unknown = value;
  for (const key of typeKey) {
    if (!isObject(step) || !Object.hasOwn(step, key))
      return { reason: "no_type" };
    step = step[key];
  }
  if (typeof step !== "string") return { reason: "no_type" };
  return safeTypeName.test(step) ? { type: step } : { reason: "bad_type_name" };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
