import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDbWarehouse } from "../../src/adapters/duckdb-warehouse.js";
import { FileObjectStore } from "../../src/adapters/file-object-store.js";
import type { Catalog } from "../../src/catalog/catalog.js";
import { readCatalog } from "../../src/catalog/read-catalog.js";
import { parseFolderHour } from "../../src/folder-hour.js";
import type { ObjectStore } from "../../src/ports/object-store.js";
import type { Warehouse } from "../../src/ports/warehouse.js";
import {
  reconcileHours,
  type ReconcileHoursOptions,
  type ReconcileHoursPorts,
  type ReconcileHoursResult,
} from "../../src/reconcile/reconcile-hours.js";

export const hour = parseFolderHour("2026-11-21T03");
export const nextHour = parseFolderHour("2026-11-21T04");
export const silent = { info: () => undefined, warn: () => undefined };

export interface ReconcilePlace {
  readonly root: string;
  readonly catalog: Catalog;
  readonly source: ObjectStore;
  readonly stage: ObjectStore;
  readonly warehouse: Warehouse;
}

const places: ReconcilePlace[] = [];

/** Folders, a DuckDB file and a catalog of the types view and pay. */
export async function makeReconcilePlace(): Promise<ReconcilePlace> {
  const root = await mkdtemp(join(tmpdir(), "sluice-reconcile-"));
  const tables = join(root, "schemas/tables");
  await mkdir(tables, { recursive: true });
  const schema = JSON.stringify([
    { name: "log_type", type: "STRING" },
    { name: "n", type: "INTEGER" },
  ]);
  for (const type of ["view", "pay"])
    await writeFile(join(tables, `${type}.json`), schema);
  const file = join(root, "catalog.yaml");
  const urls = ["source", "stage"].map(
    (name) => `${name}: file:${root}/${name}`,
  );
  await writeFile(
    file,
    `${urls.join("\n")}\nwarehouse: duckdb:${root}/w.duckdb\ntype_key: log_type\ntypes:\n  view: {}\n  pay: {}\n`,
  );
  const place = {
    root,
    catalog: await readCatalog(file, {}),
    source: new FileObjectStore(join(root, "source")),
    stage: new FileObjectStore(join(root, "stage")),
    warehouse: new DuckDbWarehouse(join(root, "w.duckdb")),
  };
  places.push(place);
  return place;
}

export async function removeReconcilePlaces(): Promise<void> {
  for (const { root, warehouse } of places.splice(0)) {
    await warehouse.close();
    await rm(root, { recursive: true, force: true });
  }
}

/** Writes a source object of lines such as `view:1`; `broken` is one that is no JSON. */
export async function writeObject(
  { source }: ReconcilePlace,
  key: string,
  ...rows: readonly string[]
): Promise<void> {
  const lines = rows.map((row) => {
    const [type, n] = row.split(":");
    return n === undefined
      ? `${row} {`
      : `{"log_type":"${type ?? ""}","n":${n}}`;
  });
  await source.put(key, Buffer.from(`${lines.join("\n")}\n`));
}

export function reconcilePlace(
  place: ReconcilePlace,
  options: Partial<ReconcileHoursOptions> = {},
  ports: Partial<ReconcileHoursPorts> = {},
): Promise<ReconcileHoursResult> {
  const { catalog, source, stage, warehouse, root } = place;
  return reconcileHours(
    {
      catalog,
      hours: [hour, nextHour],
      run: false,
      sweepAfterMs: 0,
      spoolDirectory: join(root, "spool"),
      ...options,
    },
    {
      source,
      stage,
      warehouse,
      clock: () => new Date("2026-11-22T12:00:00Z"),
      log: silent,
      ...ports,
    },
  );
}

/** Each finding in a word or two: `2026-11-21T03 view not_loaded done`. */
export function nameFindings({ findings }: ReconcileHoursResult): string[] {
  return findings.map(({ hour: at, type, kind, done }) =>
    [at, type, kind, done ? "done" : null].filter(Boolean).join(" "),
  );
}

export async function listStage({ stage }: ReconcilePlace): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of stage.list("")) keys.push(key);
  return keys;
}
