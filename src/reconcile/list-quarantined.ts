import pLimit from "p-limit";
import { hourPath, type FolderHour } from "../folder-hour.js";
import {
  parseQuarantineKey,
  quarantineKeyOf,
  quarantineName,
} from "../load/quarantine-key.js";
import type { ListedObject, ObjectStore } from "../ports/object-store.js";
import type { LedgerRow } from "../ports/warehouse.js";

const requestsAtOnce = 16;

/** The quarantine files of these hours, in the folders of the types that the catalog or the ledger names: a request for each type and day. */
export async function listQuarantined(
  stage: ObjectStore,
  hours: readonly FolderHour[],
  types: Iterable<string>,
): Promise<Map<FolderHour, ListedObject[]>> {
  const byHour = new Map<FolderHour, ListedObject[]>();
  const folders = await stage.listTopFolders();
  if (!folders.includes(quarantineName)) return byHour;
  const hourByPath = new Map(hours.map((hour) => [hourPath(hour), hour]));
  const days = new Set(
    [...hourByPath.keys()].map((path) => path.slice(0, "YYYY/MM/DD".length)),
  );
  const limit = pLimit(requestsAtOnce);
  const add = async (prefix: string): Promise<void> => {
    for await (const info of stage.list(prefix)) {
      const hour = hourByPath.get(parseQuarantineKey(info.key)?.path ?? "");
      if (hour !== undefined)
        byHour.set(hour, [...(byHour.get(hour) ?? []), info]);
    }
  };
  await Promise.all(
    [...new Set(types)].flatMap((type) =>
      [...days].map((day) =>
        limit(() => add(`${quarantineName}/${type}/${day}/`)),
      ),
    ),
  );
  return byHour;
}

/** Keys of the files that the hour's current loads wrote. */
export function nameQuarantined(
  hour: FolderHour,
  ledger: readonly LedgerRow[],
): { readonly type: string; readonly key: string; readonly row: LedgerRow }[] {
  return ledger
    .filter(({ folderHour }) => folderHour === hour)
    .flatMap((row) => {
      const key = quarantineKeyOf(row);
      return key === null ? [] : [{ type: row.logType, key, row }];
    });
}
