import { countOf } from "../count-of.js";
import type { LogType } from "../catalog/catalog.js";
import type { OriginShape } from "../catalog/origin-shape.js";
import type { ManifestType } from "../classify/manifest.js";
import { DataRefusedError, MisfitError } from "../errors.js";
import type { FolderHour } from "../folder-hour.js";
import type { Log } from "../log.js";
import type { ObjectStore } from "../ports/object-store.js";
import type {
  LoadSource,
  LoadTempOptions,
  Warehouse,
} from "../ports/warehouse.js";
import type { TableField } from "../schema/table-field.js";
import { dropRows, type RowMarks } from "./drop-rows.js";
import { openStageFile } from "./open-stage-file.js";
import { removeQuarantined } from "./quarantine-files.js";
import { quarantineKey } from "./quarantine-key.js";
import { setAsideRows, type SetAside } from "./set-aside-rows.js";

export interface FillTempOptions {
  readonly type: LogType;
  readonly hour: FolderHour;
  readonly fields: readonly TableField[];
  readonly timeFormats: OriginShape["timeFormats"];
  readonly temp: string;
  /** Begins the id of each load job, and names what is set aside. */
  readonly jobName: string;
  readonly staged: ManifestType;
  readonly run: string;
}

export interface FillTempPorts {
  readonly stage: ObjectStore;
  readonly warehouse: Warehouse;
  readonly log: Pick<Log, "warn">;
}

export interface FilledTemp {
  readonly rowsLoaded: number;
  /** Of the job that brought the rows. */
  readonly jobId: string;
  /** What the file at `key` of the stage holds; null where every row fits. */
  readonly setAside:
    (Omit<SetAside, "marks"> & { readonly key: string }) | null;
}

/**
 * Loads the staged rows into TEMP; where the type's rows are quarantined and some are refused, the others. Rows loaded and rows set
 * aside are those of the manifest. A failure leaves no quarantine file behind, unless the store can't delete it.
 */
export async function fillTemp(
  options: FillTempOptions,
  ports: FillTempPorts,
): Promise<FilledTemp> {
  const { type, jobName, staged } = options;
  const jobId = `${jobName}_0`;
  const sources = listSources(options, ports);
  if (sources.length === 0 && staged.rows === 0)
    return { rowsLoaded: 0, jobId, setAside: null };
  try {
    const rowsLoaded = await loadSources(options, ports, sources, jobId);
    requireCount(options, rowsLoaded, 0);
    return { rowsLoaded, jobId, setAside: null };
  } catch (error) {
    // A refusal that names no misfit may be one all the same: BigQuery's is explained by the first rows only.
    if (type.onBadRow === "fail" || !(error instanceof DataRefusedError))
      throw error;
    return await fillWithoutMisfits(options, ports, sources, error);
  }
}

async function fillWithoutMisfits(
  options: FillTempOptions,
  ports: FillTempPorts,
  sources: readonly LoadSource[],
  refusal: DataRefusedError,
): Promise<FilledTemp> {
  const { type, hour, fields, timeFormats, jobName, staged } = options;
  const jobId = `${jobName}_1`;
  const key = quarantineKey(type.name, hour, jobId);
  const what = `${type.name} ${hour}`;
  const { maxBad, mask } = type;
  const setAside = await setAsideRows(
    { what, fields, timeFormats, sources, maxBad, mask, key },
    ports.stage,
  );
  if (setAside === null) throw refusal;
  const { rows, reasons, ungrouped, marks } = setAside;
  try {
    // TEMP is empty after a refusal.
    const rowsLoaded =
      rows === staged.rows
        ? 0
        : await loadRest(options, ports, sources, marks, jobId, rows);
    requireCount(options, rowsLoaded, rows);
    return { rowsLoaded, jobId, setAside: { rows, reasons, ungrouped, key } };
  } catch (error) {
    await removeQuarantined(key, ports);
    throw error;
  }
}

async function loadRest(
  options: FillTempOptions,
  ports: FillTempPorts,
  sources: readonly LoadSource[],
  marks: readonly RowMarks[],
  jobId: string,
  setAsideRows: number,
): Promise<number> {
  const rest = sources.map((source, index): LoadSource => {
    const marked = marks[index] ?? new Uint8Array();
    const count = countMarks(marked);
    return {
      ...source,
      uri: null,
      rows: source.rows - count,
      open: async () => dropRows(await source.open(), marked),
    };
  });
  try {
    return await loadSources(options, ports, rest, jobId);
  } catch (error) {
    if (!(error instanceof MisfitError)) throw error;
    throw new MisfitError(
      `${error.message}\nThese are rows that sluice's own rules take, so that they could not be set aside like ${setAsideRows} others. Lines are counted without those here.`,
      error.misfits,
    );
  }
}

function countMarks(marks: RowMarks): number {
  let count = 0;
  for (const byte of marks)
    for (let bits = byte; bits > 0; bits >>= 1) count += bits & 1;
  return count;
}

function listSources(
  { staged }: FillTempOptions,
  { stage }: FillTempPorts,
): LoadSource[] {
  return staged.files.map((file) => ({
    key: file.key,
    uri: stage.uri(file.key),
    rows: file.rows,
    sizeBytes: file.bytes,
    open: () => openStageFile(stage, file),
  }));
}

async function loadSources(
  { type, hour, fields, timeFormats, temp, run }: FillTempOptions,
  { warehouse }: FillTempPorts,
  sources: readonly LoadSource[],
  jobId: string,
): Promise<number> {
  const options: LoadTempOptions = {
    temp,
    logType: type.name,
    folderHour: hour,
    run,
    fields,
    sources,
    jobId,
    timeFormats,
    mask: type.mask,
  };
  try {
    return await warehouse.loadTemp(options);
  } catch (error) {
    if (!(error instanceof MisfitError)) throw error;
    throw new MisfitError(
      `${type.name} ${hour}: ${error.message}`,
      error.misfits,
    );
  }
}

function requireCount(
  { type, hour, staged }: FillTempOptions,
  loaded: number,
  setAside: number,
): void {
  if (loaded + setAside === staged.rows) return;
  const aside = setAside === 0 ? "" : ` and ${setAside} set aside`;
  throw new DataRefusedError(
    `${type.name} ${hour}: ${countOf(loaded, "row was", "rows were")} loaded${aside}, but the manifest counts ${staged.rows}; nothing was changed. Run: sluice classify --hour ${hour}`,
  );
}
