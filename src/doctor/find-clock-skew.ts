import type { CheckRow } from "./check-row.js";

/** A row for each service whose errors say that this machine's clock is off, which no grant mends. */
export function findClockSkew(rows: readonly CheckRow[]): CheckRow[] {
  const told = new Set<string>();
  return rows.flatMap((row) => {
    const { detail, service } = row;
    if (row.result !== "failed" || detail === null || told.has(service))
      return [];
    if (!/skew|\bclock (?:is (?:off|wrong)|differs)\b/i.test(detail)) return [];
    told.add(service);
    return [
      {
        ...row,
        check: "clock",
        grant: "nothing: set this machine's clock, for example by NTP",
      },
    ];
  });
}
