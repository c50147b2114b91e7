import type { Catalog } from "../src/catalog/catalog.js";
import { addDays, dayOf } from "../src/report/days.js";
import { readReport, type ReportPorts } from "../src/report/read-report.js";
import type { ReportModel } from "../src/report/report-model.js";

export interface ReportOptions {
  readonly catalog: Catalog;
  /** Like `2026-11-20`, in the catalog's timezone; undefined: yesterday there. */
  readonly day: string | undefined;
}

/** One day's rows by types, beside those of the day before and of the same day last week. */
export async function report(
  { catalog, day }: ReportOptions,
  ports: ReportPorts,
): Promise<ReportModel> {
  const yesterday = () => addDays(dayOf(ports.clock(), catalog.timezone), -1);
  return readReport(catalog, day ?? yesterday(), ports);
}
