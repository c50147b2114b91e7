import type { ValidateFunction } from "ajv";

/** The value, or what is wrong with it, in words. */
export function validateJson<T extends object>(
  bytes: Buffer,
  validate: ValidateFunction<T>,
): T | string {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (error) {
    return error instanceof Error ? error.message : "it is not JSON";
  }
  if (validate(value)) return value;
  const problems = (validate.errors ?? []).map(
    (error) => `${error.instancePath || "/"} ${error.message ?? "is wrong"}`,
  );
  return problems.slice(0, 10).join("; ");
}
