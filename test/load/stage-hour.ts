import { gzipSync } from "node:zlib";
import type { ColumnRule, LogType } from "../../src/catalog/catalog.js";
import {
  manifestKey,
  type ManifestFile,
  type ManifestType,
} from "../../src/classify/manifest.js";
import { hourPath, parseFolderHour } from "../../src/folder-hour.js";
import type { ObjectStore } from "../../src/ports/object-store.js";
import type { TableField } from "../../src/schema/table-field.js";
import { defaultWatchSettings } from "../../src/watch/default-settings.js";

export const hour = parseFolderHour("2026-11-21T03");

export interface StagedType {
  readonly name: string;
  /** One file per list of lines. */
  readonly files: readonly (readonly string[])[];
  readonly gzip?: boolean;
  readonly wrapped?: readonly string[];
}

/** Writes the hour's stage files and its manifest, as a classification of these types leaves them. */
export async function stageHour(
  stage: Pick<ObjectStore, "put">,
  seq: number,
  types: readonly StagedType[],
  run = `run${seq}`,
): Promise<void> {
  const entries: [string, ManifestType][] = [];
  for (const { name, files, gzip = false, wrapped = [] } of types) {
    const written: ManifestFile[] = [];
    for (const [index, lines] of files.entries()) {
      const text = Buffer.from(lines.map((line) => `${line}\n`).join(""));
      const bytes = gzip ? gzipSync(text) : text;
      const key = `${name}/${hourPath(hour)}/${run}-${index}.ndjson${gzip ? ".gz" : ""}`;
      const { crc32c } = await stage.put(key, bytes);
      written.push({ key, rows: lines.length, bytes: bytes.length, crc32c });
    }
    const rows = written.reduce((sum, file) => sum + file.rows, 0);
    entries.push([name, { rows, catalogued: true, wrapped, files: written }]);
  }
  const lines = entries.reduce((sum, [, { rows }]) => sum + rows, 0);
  const manifest = {
    version: 1,
    hour,
    seq,
    run,
    catalog: `sha256:${"0".repeat(64)}`,
    finished_at: "2026-11-21T04:06:10.000Z",
    inputs: [],
    lines,
    blank: 0,
    set_aside: { rows: 0, reasons: {}, files: [] },
    types: Object.fromEntries(entries),
  };
  await stage.put(manifestKey(hour), Buffer.from(JSON.stringify(manifest)));
}

const noRule: ColumnRule = {
  from: null,
  to: null,
  rename: null,
  drop: false,
  sql: null,
  wrap: null,
};

export function logType(
  name: string,
  columns: Readonly<Record<string, Partial<ColumnRule>>> = {},
): LogType {
  const rules = Object.entries(columns).map(
    ([column, rule]) => [column, { ...noRule, ...rule }] as const,
  );
  return {
    name,
    table: name.replaceAll(/[^A-Za-z0-9_]/g, "_"),
    load: "spread",
    description: null,
    owner: "data",
    tags: [],
    startDate: null,
    partitionBy: "day",
    clusterBy: [],
    expirationDays: null,
    requirePartitionFilter: false,
    onBadRow: "fail",
    maxBad: 0.1,
    mask: [],
    recordShares: false,
    labels: {},
    watch: defaultWatchSettings,
    columns: new Map(rules),
    wrapped: rules
      .filter(([, rule]) => rule.wrap !== null)
      .map(([column]) => column)
      .sort(),
    pod: null,
  };
}

export function scalar(
  name: string,
  type: TableField["type"],
  mode: TableField["mode"] = "NULLABLE",
): TableField {
  return { name, type, mode, fields: [] };
}
