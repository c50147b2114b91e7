import { randomBytes } from "node:crypto";
import { bindWarnings } from "../bind-log.js";
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
  NotOpenedError,
  NotReadyError,
  ObjectChangedError,
  UsageError,
} from "../errors.js";
import { compactHour, type FolderHour } from "../folder-hour.js";
import type { Log } from "../log.js";
import type { ObjectStore } from "../ports/object-store.js";
import type {
  ColumnCounts,
  HourRow,
  ReplaceHour,
  ReplaceOutcome,
  Warehouse,
} from "../ports/warehouse.js";
import { hashSchema } from "../schema/hash-schema.js";
import type { TableField } from "../schema/table-field.js";
import { countColumns } from "../shares/count-columns.js";
import { compareFields } from "./compare-fields.js";
import { describeNewerLedger } from "./describe-newer-ledger.js";
import { describeReasons, type SetAsideReason } from "./describe-reasons.js";
import { fillTemp, type FilledTemp } from "./fill-temp.js";
import {
  findStandingFile,
  removeQuarantined,
  requireQuarantined,
} from "./quarantine-files.js";
import { openStageFile } from "./open-stage-file.js";
import { warnOfExpiry } from "./warn-of-expiry.js";
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
  readonly rows_set_aside: number;
  /** Why, the most frequent first; ten at most. */
  readonly set_aside_reasons: readonly SetAsideReason[];
  /** Misfits that are in none of the first 200 reasons. */
  readonly set_aside_ungrouped: number;
  /** The URI of the file that holds the rows set aside; null where there are none. */
  readonly quarantine: string | null;
  readonly bytes: number;
  /** `superseded`: a newer classification was loaded meanwhile, and the table was left as it is. */
  readonly outcome: ReplaceOutcome;
  readonly duration_ms: number;
}

/** A file is gone when a newer manifest replaced it; a reader that loses that race this often is looking at something else. */
const manifestReadLimit = 5;

/**
 * Loads one type's classified hour into its table, in place of what the table held for it.
 *
 * Rows that do not fit are refused or set aside, as the type says. Throws NotReadyError where the hour, or the type in it, is not classified; DataRefusedError where rows, counts or the table's columns
 * do not fit, or the ledger is ahead of the manifest (nothing is changed then); ServiceError where a store or the warehouse failed.
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
  given: LoadHourPorts,
  shape: OriginShape,
  manifest: Manifest,
): Promise<LoadResult> {
  const { type, hour, fields } = options;
  const subject = { run: manifest.run, type: type.name, hour };
  const ports = { ...given, log: bindWarnings(given.log, subject) };
  const { warehouse, clock } = ports;
  const startedAt = clock();
  const staged = requireType(options, manifest);
  const attempt = randomBytes(5).toString("hex");
  const temp = `${type.table}_TEMP_${compactHour(hour)}_${attempt}`;
  const jobName = `sluice_${type.table}_${compactHour(hour)}_${attempt}`;
  const bytes = staged.files.reduce((sum, file) => sum + file.bytes, 0);
  try {
    await warehouse.createTemp(temp, fields);
  } catch (error) {
    // After any other failure, it may have been made all the same.
    const isUnmade =
      error instanceof AccessError || error instanceof NotOpenedError;
    if (!isUnmade) await dropTemp(temp, ports);
    throw error;
  }
  try {
    const { timeFormats } = shape;
    const { run } = manifest;
    const filled = await fillTemp(
      { type, hour, fields, timeFormats, temp, jobName, staged, run },
      ports,
    );
    const { rowsLoaded, setAside } = filled;
    const outcome = await replaceFilled(options, ports, filled, async () => {
      const columnCounts = await countShares(options, ports, staged);
      await fitTable(options, ports, shape);
      const finishedAt = clock();
      return {
        table: type.table,
        temp,
        columns: shape.columns,
        ledger: {
          logType: type.name,
          folderHour: hour,
          seq: manifest.seq,
          rowsLoaded,
          rowsSetAside: setAside?.rows ?? 0,
          bytes,
          manifest: manifestKey(hour),
          schemaHash: hashSchema(fields),
          jobId: filled.jobId,
          run,
          startedAt,
          finishedAt,
        },
        hour: toHourRow(manifest),
        mask: type.mask,
        tell: (words) => {
          ports.log.warn({ table: type.table }, words);
        },
        ...(columnCounts === null ? {} : { columnCounts }),
      };
    });
    if (outcome === "superseded") await refuseNewerLedger(options, ports);
    tellOutcome(options, ports, { manifest, staged, filled, outcome });
    const replaced = outcome === "replaced";
    if (replaced && rowsLoaded > 0) warnOfExpiry(options, ports);
    return {
      type: type.name,
      hour,
      table: type.table,
      seq: manifest.seq,
      rows_loaded: replaced ? rowsLoaded : 0,
      rows_set_aside: replaced ? (setAside?.rows ?? 0) : 0,
      set_aside_reasons: replaced ? (setAside?.reasons ?? []) : [],
      set_aside_ungrouped: replaced ? (setAside?.ungrouped ?? 0) : 0,
      quarantine:
        replaced && setAside !== null ? ports.stage.uri(setAside.key) : null,
      bytes,
      outcome,
      duration_ms: clock().getTime() - startedAt.getTime(),
    };
  } finally {
    await dropTemp(temp, ports);
  }
}

/** Where a manifest stands by now that is not behind the ledger, this load has only lost a race. Otherwise the hour would never be loaded. */
async function refuseNewerLedger(
  options: LoadHourOptions,
  { stage, warehouse }: LoadHourPorts,
): Promise<void> {
  const { type, hour } = options;
  // The ledger before the manifest: what is classified and loaded meanwhile must not look as if the ledger were ahead.
  const ledger = await warehouse.readLedger(hour, hour);
  const load = ledger.find(({ logType }) => logType === type.name);
  const { seq } = await requireManifest(options, stage);
  if (load === undefined || seq >= load.seq) return;
  throw new DataRefusedError(
    `${type.name} ${hour}: nothing was changed, because ${describeNewerLedger(hour, load.seq, seq)}`,
  );
}

/** Replaces the hour, and leaves of the quarantine files of this load and of the one before it the one that the ledger names. */
async function replaceFilled(
  { type, hour }: LoadHourOptions,
  ports: LoadHourPorts,
  { setAside }: FilledTemp,
  prepare: () => Promise<ReplaceHour>,
): Promise<ReplaceOutcome> {
  const removeOwn = async () => {
    if (setAside !== null) await removeQuarantined(setAside.key, ports);
  };
  let replacement: ReplaceHour;
  let standing: string | null;
  try {
    replacement = await prepare();
    standing = await findStandingFile(type, hour, ports);
  } catch (error) {
    await removeOwn();
    throw error;
  }
  let outcome: ReplaceOutcome;
  try {
    outcome = await ports.warehouse.replaceHour(replacement);
  } catch (error) {
    // After any other failure the transaction may stand, and its ledger row name the file.
    const isRefusal =
      error instanceof DataRefusedError || error instanceof UsageError;
    if (isRefusal) await removeOwn();
    throw error;
  }
  if (outcome === "superseded") {
    await removeOwn();
    return outcome;
  }
  if (setAside !== null) await requireQuarantined(setAside.key, ports);
  if (standing !== null) await removeQuarantined(standing, ports);
  return outcome;
}

function tellOutcome(
  { type, hour }: LoadHourOptions,
  { log, stage }: LoadHourPorts,
  {
    manifest: { seq },
    staged,
    filled: { setAside },
    outcome,
  }: {
    readonly manifest: Manifest;
    readonly staged: ManifestType;
    readonly filled: FilledTemp;
    readonly outcome: ReplaceOutcome;
  },
): void {
  const about = { table: type.table, seq };
  if (outcome === "superseded") {
    log.warn(
      about,
      "superseded: the hour was classified anew meanwhile, and that is loaded",
    );
  } else if (setAside !== null) {
    const { rows, key } = setAside;
    log.warn(
      {
        ...about,
        rows_set_aside: rows,
        reasons: describeReasons(setAside),
        quarantine: stage.uri(key),
      },
      `${rows} of ${staged.rows} rows do not fit the schema and were set aside; mend the schema, then run: sluice replay --type ${type.name} --hour ${hour}`,
    );
  }
}

/** Of every row that is staged, those that were set aside included; null where the catalog asks for none. */
async function countShares(
  { type, fields }: LoadHourOptions,
  { stage }: LoadHourPorts,
  { files }: ManifestType,
): Promise<readonly ColumnCounts[] | null> {
  if (!type.recordShares) return null;
  const sources = files.map((file) => ({
    key: file.key,
    open: () => openStageFile(stage, file),
  }));
  return countColumns(fields, sources);
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
    log.warn({ table: type.table }, finding);
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
