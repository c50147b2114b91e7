import type { Catalog } from "../src/catalog/catalog.js";
import type { CheckRow, Service } from "../src/doctor/check-row.js";
import { checkSource } from "../src/doctor/check-source.js";
import { checkStage } from "../src/doctor/check-stage.js";
import { checkWarehouse } from "../src/doctor/check-warehouse.js";
import { findClockSkew } from "../src/doctor/find-clock-skew.js";
import { startChecks } from "../src/doctor/start-checks.js";
import type { ObjectStore } from "../src/ports/object-store.js";
import type { Warehouse } from "../src/ports/warehouse.js";

export interface DoctorOptions {
  readonly catalog: Pick<
    Catalog,
    "source" | "stage" | "warehouse" | "bigquery"
  >;
  /** Names the probes: 12 or more letters and digits, never used before. */
  readonly probeName: string;
}

export interface DoctorPorts {
  readonly openSource: () => Promise<ObjectStore>;
  readonly openStage: () => Promise<ObjectStore>;
  readonly openWarehouse: () => Promise<Warehouse>;
  readonly clock: () => Date;
}

export interface DoctorResult {
  readonly failed: number;
  readonly rows: readonly CheckRow[];
}

/** Tries each permission that the jobs need, on the services themselves; what fails stops none of the rest, and is no error here. */
export async function doctor(
  { catalog, probeName }: DoctorOptions,
  ports: DoctorPorts,
): Promise<DoctorResult> {
  const source = await tryOpen("source", catalog.source, ports.openSource);
  const stage = await tryOpen("stage", catalog.stage, ports.openStage);
  const warehouse = await tryOpen(
    "warehouse",
    catalog.warehouse,
    ports.openWarehouse,
  );
  const rows = [...source.rows];
  if (source.port !== null) rows.push(...(await checkSource(source.port)));
  rows.push(...stage.rows);
  if (stage.port !== null)
    rows.push(...(await checkStage(stage.port, probeName)));
  rows.push(...warehouse.rows);
  if (warehouse.port !== null) {
    try {
      const probe = {
        name: probeName,
        labels: catalog.bigquery.labels,
        now: ports.clock(),
      };
      rows.push(...(await checkWarehouse(warehouse.port, stage.port, probe)));
    } finally {
      await warehouse.port.close();
    }
  }
  const all = [...rows, ...findClockSkew(rows)];
  const failed = all.filter(({ result }) => result === "failed").length;
  return { failed, rows: all };
}

async function tryOpen<Port>(
  service: Service,
  url: string,
  open: () => Promise<Port>,
): Promise<{ port: Port | null; rows: readonly CheckRow[] }> {
  const checks = startChecks(service, url);
  const opened = await checks.attempt("open", open);
  return opened === null
    ? { port: null, rows: checks.rows }
    : { port: opened.value, rows: [] };
}
