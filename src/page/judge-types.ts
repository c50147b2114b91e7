import type { Catalog } from "../catalog/catalog.js";
import type { FolderHour } from "../folder-hour.js";
import { judgeSeries } from "../watch/judge-series.js";
import type { Finding, HourPoint } from "../watch/model.js";
import type { PageVerdicts } from "./build-page-model.js";

/** What the count rules of `watch` say of each type, from its first load in the ledger on. Silenced findings are among them. */
export function judgeTypes(
  catalog: Pick<Catalog, "types" | "watch">,
  pointsByType: ReadonlyMap<string, readonly HourPoint[]>,
  from: FolderHour,
  to: FolderHour,
): ReadonlyMap<string, PageVerdicts> {
  return new Map(
    [...pointsByType].map(([type, points]) => {
      const settings = catalog.types.get(type)?.watch ?? catalog.watch.settings;
      // Hours after the last load are judged too: that is where rows are missing.
      const known = points.some(({ hour }) => hour === to);
      const judged = judgeSeries(
        known ? points : [...points, { hour: to, rows: null }],
        settings,
        from,
        to,
      );
      return [
        type,
        {
          bands: new Map(
            judged.flatMap(({ hour, band }) =>
              band === null ? [] : [[hour, band] as const],
            ),
          ),
          findings: judged.flatMap(({ findings }) =>
            findings.map((finding) => ({
              hour: finding.hour,
              rule: finding.rule,
              message: describe(finding),
            })),
          ),
        },
      ];
    }),
  );
}

function describe({ hour, since, rows, low, high, sameAs }: Finding): string {
  if (sameAs !== undefined) return `the same content as ${sameAs}`;
  const span = since === hour ? "" : `since ${since} `;
  return `${span}${rows} rows, expected ${Math.round(low)} to ${Math.round(high)}`;
}
