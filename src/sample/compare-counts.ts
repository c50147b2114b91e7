import type { Catalog } from "../catalog/catalog.js";
import type { Warehouse } from "../ports/warehouse.js";
import type { HourStatus } from "../status/read-states.js";
import type { SampledHour } from "./write-sample.js";

/** Compares what was written with the manifests, the ledger and the tables themselves: one sentence for each difference. */
export async function findCountDifferences(
  catalog: Catalog,
  sampled: readonly SampledHour[],
  states: readonly HourStatus[],
  warehouse: Warehouse,
): Promise<string[]> {
  const differences: string[] = [];
  const compare = (
    what: string,
    found: number | null | undefined,
    written: number,
  ) => {
    if (found !== written)
      differences.push(
        `${what}: ${found ?? "none"}, but ${written} were written`,
      );
  };
  for (const written of sampled) {
    const state = states.find(({ hour }) => hour === written.hour);
    const manifest = state?.manifest;
    compare(`${written.hour} lines`, manifest?.lines, written.lines);
    compare(`${written.hour} blank lines`, manifest?.blank, written.blank);
    const reasons = { ...manifest?.set_aside.reasons, ...written.setAside };
    for (const reason of Object.keys(reasons) as (keyof typeof reasons)[]) {
      const found = manifest?.set_aside.reasons[reason] ?? 0;
      compare(
        `${written.hour} lines set aside as ${reason}`,
        found,
        written.setAside[reason] ?? 0,
      );
    }
    for (const cell of state?.types ?? []) {
      const rows = written.types[cell.type] ?? 0;
      compare(
        `${written.hour} ${cell.type} rows in the manifest`,
        cell.staged,
        rows,
      );
      const type = catalog.types.get(cell.type);
      if (type === undefined) continue;
      compare(
        `${written.hour} ${cell.type} rows in the ledger`,
        cell.loaded,
        rows,
      );
      const stored = await warehouse.countRows(type.table, written.hour);
      compare(`${written.hour} rows in table ${type.table}`, stored, rows);
    }
  }
  return differences;
}
