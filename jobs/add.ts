import { readFile } from "node:fs/promises";
import {
  describeUnknownType,
  findUnknownTypes,
} from "../src/add/find-unknown-types.js";
import { eachRowOfType } from "../src/add/each-row-of-type.js";
import type { Sample } from "../src/add/each-sample-row.js";
import { inspectDraft } from "../src/add/inspect-draft.js";
import {
  insertCatalogEntry,
  type CatalogEntry,
} from "../src/add/insert-catalog-entry.js";
import { planAddedDags } from "../src/add/plan-added-dags.js";
import { findSchemaFile, schemaFileOf } from "../src/add/read-schema-file.js";
import { refuseFaults } from "../src/add/refuse-faults.js";
import { replaceFiles, type FileChange } from "../src/add/replace-files.js";
import { openStagedType } from "../src/add/staged-type.js";
import { readCatalog, type UrlOverrides } from "../src/catalog/read-catalog.js";
import type { Catalog } from "../src/catalog/catalog.js";
import { decodeText } from "../src/catalog/decode-text.js";
import { safeTypeName } from "../src/classify/route-line.js";
import { UsageError } from "../src/errors.js";
import { toFolderHour, type FolderHour } from "../src/folder-hour.js";
import type { ObjectStore } from "../src/ports/object-store.js";
import type { InferenceFinding } from "../src/schema/choose-column.js";
import type { ColumnReport } from "../src/schema/describe-columns.js";
import { formatSchema } from "../src/schema/format-schema.js";
import {
  createSchemaInferrer,
  type Inference,
} from "../src/schema/infer-schema.js";
import { quoteFound } from "../src/schema/quote-found.js";
import type { TableField } from "../src/schema/table-field.js";

export interface AddOptions {
  readonly catalogFile: string;
  readonly overrides: UrlOverrides;
  /** Null: throws UsageError that offers the types that were seen. */
  readonly type: string | null;
  /** Rows from the stage; null: from the samples. */
  readonly hour: FolderHour | null;
  readonly quoted: "string" | "infer";
  readonly times: "string" | "infer";
  readonly required: boolean;
  /** Dotted paths of columns whose values are not shown, besides the catalog's; a new entry has them as its own. */
  readonly mask?: readonly string[];
  /** Further keys of the entry. */
  readonly entry: CatalogEntry;
}

export interface AddPorts {
  readonly samples: readonly Sample[];
  readonly openStage: (catalog: Catalog) => Promise<ObjectStore>;
  readonly clock: () => Date;
  /** For tests; by default the file system's. */
  readonly renameFile?: (from: string, to: string) => Promise<void>;
}

/** Printed as it is by `--json`. */
export interface AddResult {
  readonly type: string;
  readonly table: string;
  readonly schema: string;
  /** Of the schedule lock; null where the catalog has no `airflow`. */
  readonly minute: number | null;
  /** Other generated files that are not what the catalog gives. */
  readonly stale_dags: number;
  /** Files that were written; none where all was there already. */
  readonly written: readonly string[];
  /** Rows that were looked at; 0 where the type's entry and schema file were there already. */
  readonly rows: number;
  readonly columns: readonly ColumnReport[];
  readonly findings: readonly InferenceFinding[];
}

/**
 * Adds a log type: its schema file, its entry in the catalog, its minute and its DAG. Nothing is changed unless the whole catalog is sound
 * with it. What a run that was killed has done stays, and the next one does the rest.
 */
export async function add(
  options: AddOptions,
  ports: AddPorts,
): Promise<AddResult> {
  const { catalogFile, overrides } = options;
  const catalog = await readCatalog(catalogFile, overrides, "without_schemas");
  const type = await requireType(options, catalog, ports);
  const before = decodeText(await readFile(catalogFile), catalogFile);
  const schemaFile = schemaFileOf(catalog, type);
  const pinned = await findSchemaFile(schemaFile);
  const isCatalogued = catalog.types.has(type);
  if (isCatalogued && (options.mask ?? []).length > 0)
    throw new UsageError(
      `${catalogFile} has an entry of ${type} already: write the columns of --mask into its mask`,
    );

  const inference =
    pinned !== null && isCatalogued
      ? null
      : await inferRows(options, catalog, type, ports);
  const schema = formatSchema(inference?.fields ?? pinned ?? []);
  const text = isCatalogued
    ? before
    : insertCatalogEntry(before, catalogFile, type, {
        ...startEntry(options, catalog, ports),
        ...options.entry,
        ...maskEntry(options, inference?.fields ?? []),
      });
  const added = await inspectDraft(catalog, { text, type, schema }, overrides);
  const dags = await planAddedDags(added, type);
  const changes: FileChange[] = [
    ...(inference === null ? [] : [{ file: schemaFile, text: schema }]),
    ...(isCatalogued ? [] : [{ file: catalogFile, text }]),
    ...dags.changes,
  ];
  await replaceFiles(
    changes,
    async () => {
      const now = decodeText(await readFile(catalogFile), catalogFile);
      if (now === before) return;
      throw new UsageError(
        `${catalogFile} changed meanwhile; nothing was written. Run the same command again`,
      );
    },
    ports.renameFile,
  );
  return {
    type,
    table: added.types.get(type)?.table ?? type,
    schema: schemaFile,
    minute: dags.minute,
    stale_dags: dags.stale,
    written: changes.map(({ file }) => file),
    rows: inference?.rows ?? 0,
    columns: inference?.columns ?? [],
    findings: inference?.findings ?? [],
  };
}

async function requireType(
  { type, hour }: AddOptions,
  catalog: Catalog,
  ports: AddPorts,
): Promise<string> {
  if (type !== null && !safeTypeName.test(type)) {
    throw new UsageError(
      `${quoteFound(type)} is no name of a log type: expected 1 to 128 letters, digits, ., _ and -, beginning with a letter or digit`,
    );
  }
  if (type !== null && hour === null) return type;
  const stage = await ports.openStage(catalog);
  if (type === null) {
    throw new UsageError(
      `add needs the TYPE; ${await offerUnknownTypes(stage, catalog)}`,
    );
  }
  return type;
}

async function offerUnknownTypes(
  stage: ObjectStore,
  catalog: Catalog,
): Promise<string> {
  const seen = await findUnknownTypes(stage, catalog.types);
  return seen.length === 0
    ? "the last classified hours hold no type that the catalog lacks"
    : `the last classified hours hold these that the catalog lacks: ${seen.slice(0, 20).map(describeUnknownType).join(", ")}`;
}

async function inferRows(
  options: AddOptions,
  catalog: Catalog,
  type: string,
  ports: AddPorts,
): Promise<Inference> {
  const { quoted, times, required, hour } = options;
  const existing = await findSchemaFile(schemaFileOf(catalog, type));
  const { mask = [] } = options;
  const ownMask = catalog.types.get(type)?.mask ?? catalog.mask;
  const inferrer = createSchemaInferrer({
    quoted,
    times,
    required,
    existing,
    mask: [...mask, ...ownMask],
  });
  let { samples } = ports;
  if (hour !== null) {
    const stage = await ports.openStage(catalog);
    try {
      ({ samples } = await openStagedType(stage, type, hour));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(
        `${error.message}; ${await offerUnknownTypes(stage, catalog)}`,
      );
    }
  }
  const { typeKey } = catalog;
  const wrapped = catalog.types.get(type)?.wrapped ?? [];
  await eachRowOfType(samples, { name: type, typeKey, wrapped }, inferrer.add);
  const inference = inferrer.finish();
  refuseFaults(inference, samples);
  return inference;
}

/** A catalog names each column that it masks: for `*` all that there are. */
function maskEntry(
  { mask = [] }: AddOptions,
  fields: readonly TableField[],
): CatalogEntry {
  const columns = mask.includes("*") ? fields.map(({ name }) => name) : mask;
  return columns.length === 0 ? {} : { mask: columns };
}

/** From its own first hour on: Airflow would start every hour since the catalog's start_date otherwise. */
function startEntry(
  { hour }: AddOptions,
  catalog: Catalog,
  { clock }: AddPorts,
): CatalogEntry {
  if (catalog.airflow === null) return {};
  const first = hour ?? toFolderHour(clock());
  return { start_date: `${first}:00:00Z` };
}
