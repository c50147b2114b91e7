const reservedPrefixes = [
  "_TABLE_",
  "_FILE_",
  "_PARTITION",
  "_ROW_TIMESTAMP",
  "__ROOT__",
  "_COLIDENTIFIER",
  "_CHANGE_SEQUENCE_NUMBER",
  "_CHANGE_TYPE",
];

/**
 * Why BigQuery would refuse this as a column's name, in words that follow the name; null where it takes it.
 * https://cloud.google.com/bigquery/docs/schemas#column_names
 */
export function findColumnNameFault(name: string): string | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,299}$/.test(name)) {
    return "is not a column name: expected 1 to 300 letters, digits and _, the first no digit";
  }
  const reserved = reservedPrefixes.find((prefix) =>
    name.toUpperCase().startsWith(prefix),
  );
  if (reserved !== undefined) {
    return `is not a column name: BigQuery keeps names that begin with ${reserved} for itself`;
  }
  return null;
}
