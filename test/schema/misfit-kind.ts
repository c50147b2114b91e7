import type {
  FieldMode,
  FieldType,
  TableField,
} from "../../src/schema/table-field.js";

/** A kind of row, and what becomes of it. */
export interface MisfitKind {
  readonly title: string;
  readonly fields: readonly TableField[];
  readonly row: string;
  /** What our judge says; null: the row loads. */
  readonly misfit: {
    readonly column: string;
    readonly expected: string;
    readonly found: string;
  } | null;
  /** Who says what BigQuery does with it. */
  readonly source: Source;
  /** Why the stand-in does the opposite; null: it does the same. */
  readonly standInDiffers: string | null;
}

const docs = "https://cloud.google.com/bigquery/docs";
export const sources = {
  /** DATE and TIMESTAMP formats, JSON columns. */
  loadingJson: `${docs}/loading-data-cloud-storage-json#limitations`,
  dataTypes: `${docs}/reference/standard-sql/data-types`,
  arrayNulls: `${docs}/reference/standard-sql/data-types#array_nulls`,
  modes: `${docs}/schemas#modes`,
  /** ignoreUnknownValues: extra values are errors without it. */
  unknownValues: `${docs}/reference/rest/v2/Job#JobConfigurationLoad`,
  /** Compared its rules with what `bq load` does. */
  schemaGenerator:
    "https://github.com/bxparks/bigquery-schema-generator#type-inference-rules",
  noBooleanAsText:
    "https://github.com/GoogleCloudPlatform/DataflowTemplates/issues/132",
  /** "Repeated field must be imported as a JSON array." */
  repeatedArray: "https://github.com/r-dbi/bigrquery/issues/485",
  json: "https://www.rfc-editor.org/rfc/rfc8259",
  /** No page says so: a guess of docs/schema-rules.md on the careful side. */
  guess: "docs/schema-rules.md",
} as const;
type Source = (typeof sources)[keyof typeof sources];

function field(
  name: string,
  type: FieldType,
  mode: FieldMode = "NULLABLE",
  fields: readonly TableField[] = [],
): TableField {
  return { name, type, mode, fields };
}

/** A value in a NULLABLE column `x`. */
export function refusedValue(
  type: FieldType,
  value: string,
  found: string,
  title: string,
  source: Source,
  standInDiffers: string | null = null,
): MisfitKind {
  return {
    title: `${title} in ${type}`,
    fields: [field("x", type)],
    row: `{"x":${value}}`,
    misfit: { column: "x", expected: type, found },
    source,
    standInDiffers,
  };
}

export function takenValue(
  type: FieldType,
  value: string,
  title: string,
  source: Source,
  standInDiffers: string | null = null,
): MisfitKind {
  return {
    title: `${title} in ${type}`,
    fields: [field("x", type)],
    row: `{"x":${value}}`,
    misfit: null,
    source,
    standInDiffers,
  };
}

const record = [
  field("id", "INTEGER", "REQUIRED"),
  field("r", "RECORD", "NULLABLE", [
    field("s", "STRING"),
    field("n", "INTEGER", "REQUIRED"),
    field("l", "INTEGER", "REPEATED"),
  ]),
  field("items", "RECORD", "REPEATED", [
    field("price", "FLOAT"),
    field("tags", "STRING", "REPEATED"),
  ]),
  field("names", "STRING", "REPEATED"),
];

export function row(
  title: string,
  text: string,
  misfit: MisfitKind["misfit"],
  source: Source,
  standInDiffers: string | null = null,
): MisfitKind {
  return { title, fields: record, row: text, misfit, source, standInDiffers };
}
