/** Where lines without a type go. */
export const badType = "_bad";

/**
 * The type of the lines in a file of a way's output; null for what holds no lines. DuckDB names a folder type=TYPE, sluice has a
 * folder TYPE, the others a file.
 */
export function typeOfFile(path: string): string | null {
  const [first = ""] = path.split("/");
  if (first.startsWith(".") || first === "_manifests") return null;
  const type = first.replace(/^type=/, "");
  return type === "_set_aside" || type === "__HIVE_DEFAULT_PARTITION__"
    ? badType
    : type;
}
