import { randomBytes } from "node:crypto";
import type { LogType } from "../catalog/catalog.js";
import {
  manifestKey,
  type Manifest,
  type ManifestType,
} from "../classify/manifest.js";
import { readManifest } from "../classify/read-manifest.js";
import {
  AccessError,
  DataRefusedError,
  MisfitError,
  NotReadyError,
  ObjectChangedError,
} from "../errors.js";
import { compactHour, type FolderHour } from "../folder-hour.js";
import type { Log } from "../log.js";
import type { ObjectStore } from "../ports/object-store.js";
import type {
  HourRow,
  LoadSource,
  ReplaceOutcome,
  Warehouse,
} from "../ports/warehouse.js";
import { hashSchema } from "../schema/hash-schema.js";
import type { TableField } from "../schema/table-field.js";
import { compareFields } from "./compare-fields.js";
import { openStageFile } from "./open-stage-file.js";
import { shapeOrigin, type OriginShape } from "../catalog/origin-shape.js";

export interface LoadHourOptions {
  readonly type: LogType;
  readonly hour: FolderHour;
  /** The columns of the type's schema file: TEMP's shape. */
  readonly fields: readonly TableField[];
  /** IANA name. */
  readonly timezone: string;
}

export interface LoadHourPorts {
  readonly stage: ObjectStore;
  readonly warehouse: Warehouse;
  readonly clock: () => Date;
  readonly log: Pick<Log, "warn">;
}

/** Printed as it is by `--json`. */
export interface LoadResult {
  readonly type: string;
  readonly hour: FolderHour;
  readonly table: string;
  readonly seq: number;
  readonly rows_loaded: number;
  readonly bytes: number;
  /** `superseded`: a higher seq of the hour is loaded already, and the table was left as it is. */
  readonly outcome: ReplaceOutcome;
  readonly duration_ms: number;
}

/** A file is gone when a newer manifest replaced it; a reader that loses that race this often is looking at something else. */
const manifestReadLimit = 5;

/**
 * Loads one type's classified hour into its table, in place of what the table held for it.
 *
 * Throws NotReadyError where the hour, or the type in it, is not classified; DataRefusedError where rows, counts or the table's columns
 * do not fit (nothing is changed then); ServiceError where a store or the warehouse failed.
 */
export async function loadHour(
  options: LoadHourOptions,
  ports: LoadHourPorts,
): Promise<LoadResult> {
  const shape = shapeOrigin(options.type, options.fields, options.timezone);
  for (let read = 1; ; read += 1) {
    const manifest = await requireManifest(options, ports.stage);
    try {
      return await loadManifest(options, ports, shape, manifest);
    } catch (error) {
      if (!(error instanceof ObjectChangedError) || read === manifestReadLimit)
        throw error;
      const newer = await requireManifest(options, ports.stage);
      if (newer.run === manifest.run && newer.seq === manifest.seq) throw error;
    }
  }
}

async function requireManifest(
  { hour }: LoadHourOptions,
  stage: ObjectStore,
): Promise<Manifest> {
  const read = await readManifest(stage, hour);
  if (read !== null) return read.manifest;
  throw new NotReadyError(
    `${hour} is not classified: ${stage.uri(manifestKey(hour))} does not exist. Run: sluice classify --hour ${hour}`,
  );
}

async function loadManifest(
  options: LoadHourOptions,
  ports: LoadHourPorts,
  shape: OriginShape,
  manifest: Manifest,
): Promise<LoadResult> {
  const { type, hour } = options;
  const { warehouse, clock } = ports;
  const startedAt = clock();
  const staged = requireType(options, manifest);
  const attempt = randomBytes(5).toString("hex");
  const temp = `${type.table}_TEMP_${compactHour(hour)}_${attempt}`;
  const jobId = `sluice_${type.table}_${compactHour(hour)}_${attempt}_0`;
  const bytes = staged.files.reduce((sum, file) => sum + file.bytes, 0);
  try {
    await warehouse.createTemp(temp, options.fields);
  } catch (error) {
    // After any other failure, it may have been made all the same.
    if (!(error instanceof AccessError)) await dropTemp(temp, ports);
    throw error;
  }
  try {
    const rowsLoaded = await loadTemp(options, ports, shape, {
      temp,
      jobId,
      staged,
      run: manifest.run,
    });
    await fitTable(options, ports, shape);
    const finishedAt = clock();
    const outcome = await warehouse.replaceHour({
      table: type.table,
      temp,
      columns: shape.columns,
      ledger: {
        logType: type.name,
        folderHour: hour,
        seq: manifest.seq,
        rowsLoaded,
        rowsSetAside: 0,
        bytes,
        manifest: manifestKey(hour),
        schemaHash: hashSchema(options.fields),
        jobId,
        run: manifest.run,
        startedAt,
        finishedAt,
      },
      hour: toHourRow(manifest),
    });
    if (outcome === "superseded") {
      ports.log.warn(
        { type: type.name, hour, table: type.table, seq: manifest.seq },
        "superseded: a higher seq is loaded. Either the hour was classified anew meanwhile, or its manifest was deleted or put back, so that seq began anew: see ledger_newer in docs/how-it-works.md",
      );
    }
    return {
      type: type.name,
      hour,
      table: type.table,
      seq: manifest.seq,
      rows_loaded: outcome === "replaced" ? rowsLoaded : 0,
      bytes,
      outcome,
      duration_ms: clock().getTime() - startedAt.getTime(),
    };
  } finally {
    await dropTemp(temp, ports);
  }
}

/** What can't be dropped goes away by itself; the load's own outcome is what counts. */
async function dropTemp(
  temp: string,
  { warehouse, log }: LoadHourPorts,
): Promise<void> {
  await warehouse.dropTable(temp).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ temp, reason }, "a TEMP table is left behind");
  });
}

function requireType(
  { type, hour }: LoadHourOptions,
  manifest: Manifest,
): ManifestType {
  const staged = Object.hasOwn(manifest.types, type.name)
    ? manifest.types[type.name]
    : undefined;
  const again = `Run: sluice classify --hour ${hour}`;
  if (staged === undefined) {
    throw new NotReadyError(
      `${type.name} is not in the manifest of ${hour}: the type was added to the catalog after the hour was classified. ${again}`,
    );
  }
  if (JSON.stringify(staged.wrapped) !== JSON.stringify(type.wrapped)) {
    throw new DataRefusedError(
      `${type.name}: ${hour} was classified with ${nameColumns(staged.wrapped)} wrapped, but the catalog wraps ${nameColumns(type.wrapped)}. ${again}`,
    );
  }
  return staged;
}

function nameColumns(columns: readonly string[]): string {
  return columns.length === 0 ? "no column" : columns.join(", ");
}

async function loadTemp(
  { type, hour, fields }: LoadHourOptions,
  { stage, warehouse }: LoadHourPorts,
  { timeFormats }: OriginShape,
  job: {
    readonly temp: string;
    readonly jobId: string;
    readonly staged: ManifestType;
    readonly run: string;
  },
): Promise<number> {
  const { temp, jobId, staged, run } = job;
  if (staged.files.length === 0 && staged.rows === 0) return 0;
  const sources = staged.files.map((file): LoadSource => {
    return {
      key: file.key,
      uri: stage.uri(file.key),
      rows: file.rows,
      sizeBytes: file.bytes,
      open: () => openStageFile(stage, file),
    };
  });
  const rows = await loadOrExplain(`${type.name} ${hour}`, () =>
    warehouse.loadTemp({
      temp,
      logType: type.name,
      folderHour: hour,
      run,
      fields,
      sources,
      jobId,
      timeFormats,
    }),
  );
  if (rows === staged.rows) return rows;
  throw new DataRefusedError(
    `${type.name} ${hour}: ${rows} rows were loaded, but the manifest counts ${staged.rows}; nothing was changed. Run: sluice classify --hour ${hour}`,
  );
}

async function loadOrExplain(
  what: string,
  load: () => Promise<number>,
): Promise<number> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof MisfitError)) throw error;
    throw new MisfitError(`${what}: ${error.message}`, error.misfits);
  }
}

async function fitTable(
  { type, hour }: LoadHourOptions,
  { warehouse, log }: LoadHourPorts,
  { fields }: OriginShape,
): Promise<void> {
  const layoutFindings = await warehouse.ensureTable({
    table: type.table,
    fields,
    partitionBy: type.partitionBy,
    ...(type.description === null ? {} : { description: type.description }),
    clusterBy: type.clusterBy,
    ...(type.expirationDays === null
      ? {}
      : { expirationDays: type.expirationDays }),
    requirePartitionFilter: type.requirePartitionFilter,
    labels: type.labels,
  });
  for (const finding of layoutFindings)
    log.warn({ type: type.name, hour, table: type.table }, finding);
  const table = await warehouse.describeTable(type.table);
  if (table === null) return;
  const { additions, differences } = compareFields(table, fields);
  if (differences.length > 0) {
    throw new DataRefusedError(
      [
        `${type.name} ${hour}: the table ${type.table} differs from the schema file and the catalog; nothing was changed:`,
        ...differences.map((difference) => `  ${difference}`),
        "Mend the schema file or the catalog, or alter the table, and load again.",
      ].join("\n"),
    );
  }
  if (additions.length > 0) await warehouse.addColumns(type.table, additions);
}

function toHourRow(manifest: Manifest): HourRow {
  const unknown = Object.entries(manifest.types).filter(
    ([, { catalogued }]) => !catalogued,
  );
  return {
    folderHour: manifest.hour,
    seq: manifest.seq,
    run: manifest.run,
    lines: manifest.lines,
    blank: manifest.blank,
    setAside: manifest.set_aside.rows,
    setAsideReasons: { ...manifest.set_aside.reasons },
    unknownTypes: Object.fromEntries(
      unknown.map(([name, { rows }]) => [name, rows]),
    ),
    finishedAt: new Date(manifest.finished_at),
  };
}
