import { UsageError } from "../errors.js";

/** Reads `--types a,b`. */
export function splitNames(text: string | undefined): string[] | null {
  if (text === undefined) return null;
  const names = text.split(",").map((name) => name.trim());
  if (names.includes(""))
    throw new UsageError(
      `--types ${JSON.stringify(text)}: expected names between commas`,
    );
  return [...new Set(names)];
}
