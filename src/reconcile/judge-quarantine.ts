import { countOf } from "../count-of.js";
import type { FolderHour } from "../folder-hour.js";
import type { ListedObject } from "../ports/object-store.js";
import type { LedgerRow } from "../ports/warehouse.js";
import type { GarbageAge } from "./find-garbage.js";
import type { Finding } from "./finding.js";
import { nameQuarantined } from "./list-quarantined.js";

const dayMs = 24 * 3_600_000;

export interface QuarantineRules extends GarbageAge {
  /** Days after which the stage lets such files go; null: never. */
  readonly quarantineDays: number | null;
  /** The catalog's types: only theirs can be loaded again. */
  readonly catalogued: ReadonlySet<string>;
}

/** Files of the hour that no current load names, old enough that none is at work on them. */
export function findUnnamedQuarantine(
  hour: FolderHour,
  listed: readonly ListedObject[],
  ledger: readonly LedgerRow[],
  { now, sweepAfterMs }: GarbageAge,
): string[] {
  const named = new Set(nameQuarantined(hour, ledger).map(({ key }) => key));
  const isOld = ({ modifiedAt }: ListedObject): boolean =>
    sweepAfterMs === 0 || now.getTime() - modifiedAt.getTime() >= sweepAfterMs;
  return listed
    .filter((info) => !named.has(info.key) && isOld(info))
    .map(({ key }) => key);
}

/** Of one hour with a manifest: files that no load names, and loads whose file is gone before its time. */
export function judgeQuarantine(
  hour: FolderHour,
  listed: readonly ListedObject[],
  ledger: readonly LedgerRow[],
  rules: QuarantineRules,
): Finding[] {
  const unnamed = findUnnamedQuarantine(hour, listed, ledger, rules);
  const standing = new Set(listed.map(({ key }) => key));
  const { now, quarantineDays, catalogued } = rules;
  const isKept = ({ finishedAt }: LedgerRow): boolean =>
    quarantineDays === null ||
    now.getTime() - finishedAt.getTime() < quarantineDays * dayMs;
  const gone = nameQuarantined(hour, ledger)
    .filter(({ key, row }) => !standing.has(key) && isKept(row))
    .filter(({ type }) => catalogued.has(type))
    .map(({ type, key, row }): Finding => {
      const message = `${countOf(row.rowsSetAside, "row is", "rows are")} set aside, but their file ${key} is gone`;
      return { hour, kind: "quarantine_gone", type, message, automatic: true };
    });
  const [example] = unnamed;
  if (example === undefined) return gone;
  const message = `${countOf(unnamed.length, "file")} of rows set aside that no load names, ${example} among them`;
  return [
    ...gone,
    { hour, kind: "quarantine_left", type: null, message, automatic: true },
  ];
}
