import { safeTypeName } from "../classify/route-line.js";
import { hourPath, parseFolderHour, type FolderHour } from "../folder-hour.js";
import type { LedgerRow } from "../ports/warehouse.js";

/** Top folder of the rows that loads set aside; no type name starts with `_`. */
export const quarantineName = "_quarantine";

/** What a type's hour has set aside lies below it, a file for each load that set rows aside. */
export function quarantineFolder(type: string, hour: FolderHour): string {
  return `${quarantineName}/${type}/${hourPath(hour)}/`;
}

export function quarantineKey(
  type: string,
  hour: FolderHour,
  jobId: string,
): string {
  return `${quarantineFolder(type, hour)}${jobId}.ndjson`;
}

/** The file that the load of this ledger row wrote; null where it set nothing aside. */
export function quarantineKeyOf({
  logType,
  folderHour,
  jobId,
  rowsSetAside,
}: LedgerRow): string | null {
  return rowsSetAside > 0
    ? quarantineKey(logType, parseFolderHour(folderHour), jobId)
    : null;
}

/** The type and hour of a file's key; null where the key is of no such file. */
export function parseQuarantineKey(
  key: string,
): { readonly type: string; readonly path: string } | null {
  const [, type = "", path] =
    /^_quarantine\/([^/]+)\/(\d{4}\/\d{2}\/\d{2}\/\d{2})\/sluice_[A-Za-z0-9_]+_\d{10}_[0-9a-f]{10}_1\.ndjson$/.exec(
      key,
    ) ?? [];
  return path !== undefined && safeTypeName.test(type) ? { type, path } : null;
}
