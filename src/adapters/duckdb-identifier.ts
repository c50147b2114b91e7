/** A name as an identifier of DuckDB's SQL, whatever characters it holds. The only place where a name enters a statement. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A table of ours: all of them are in the schema `main`. */
export function quoteTable(table: string): string {
  return `main.${quoteIdentifier(table)}`;
}

/** A text as a literal, for the statements that take no parameters (COMMENT ON). */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
