import type { TableField } from "../../src/schema/table-field.js";
import type { Warehouse } from "../../src/ports/warehouse.js";

const idField: TableField = {
  name: "id",
  type: "INTEGER",
  mode: "NULLABLE",
  fields: [],
};

const hourMs = 3_600_000;

async function* oneBlock(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

/** One load of one type. Started 10 minutes after the hour, 3 seconds long. */
export async function loadHourOf(
  warehouse: Warehouse,
  type: string,
  hour: string,
  rows: number,
  seq = 1,
): Promise<void> {
  const temp = `${type}_TEMP_${hour.replace(/\D/g, "")}_${seq}`;
  await warehouse.ensureTable({
    table: type,
    fields: [{ ...idField, name: "folder_hour", type: "TIMESTAMP" }, idField],
    partitionBy: "day",
  });
  await warehouse.createTemp(temp, [idField]);
  const bytes = Buffer.from('{"id":1}\n'.repeat(rows));
  await warehouse.loadTemp({
    temp,
    logType: type,
    folderHour: hour,
    run: "run",
    fields: [idField],
    sources: [
      {
        key: `${temp}.ndjson`,
        uri: `memory:${temp}`,
        rows,
        sizeBytes: bytes.length,
        open: () => Promise.resolve(oneBlock(bytes)),
      },
    ],
    jobId: `job_${temp}`,
    timeFormats: new Map(),
  });
  const endMs = Date.parse(`${hour}:00:00Z`) + hourMs;
  const startedAt = new Date(endMs + 600_000);
  await warehouse.replaceHour({
    table: type,
    temp,
    columns: [{ source: "id", target: "id", conversion: { kind: "copy" } }],
    ledger: {
      logType: type,
      folderHour: hour,
      seq,
      rowsLoaded: rows,
      rowsSetAside: 0,
      bytes: rows * 10,
      manifest: "_manifests/x.json",
      schemaHash: "sha256:0",
      jobId: `job_${type}_${seq}`,
      run: "run",
      startedAt,
      finishedAt: new Date(startedAt.getTime() + 3000),
    },
    hour: {
      folderHour: hour,
      seq,
      run: "run",
      lines: 110,
      blank: 10,
      setAside: 5,
      setAsideReasons: { not_json: 4, no_type: 1 },
      unknownTypes: {},
      finishedAt: startedAt,
    },
  });
  await warehouse.dropTable(temp);
}
