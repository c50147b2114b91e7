import pLimit from "p-limit";
import type { FolderHour } from "../folder-hour.js";
import type { ObjectStore } from "../ports/object-store.js";
import type { Warehouse } from "../ports/warehouse.js";
import type { SetAsideReason } from "./describe-reasons.js";
import { quarantineKeyOf } from "./quarantine-key.js";
import { readLoads } from "./read-loads.js";
import { readReasons } from "./read-quarantined.js";

/** What one type's hour has set aside. Printed as it is by `--json`. */
export interface SetAsideHour {
  readonly type: string;
  readonly hour: string;
  readonly seq: number;
  readonly rows_loaded: number;
  readonly rows_set_aside: number;
  /** The file's URI. */
  readonly quarantine: string;
  /** Null: the file is gone. */
  readonly reasons: readonly SetAsideReason[] | null;
  /** Misfits that are in none of the first 200 reasons. */
  readonly ungrouped: number;
}

const filesAtOnce = 4;

/** Each type and hour of the range whose current load set rows aside, in the order of hours and types; `types` null: all that the ledger knows. */
export async function listSetAside(
  options: {
    readonly hours: readonly [FolderHour, ...FolderHour[]];
    readonly types: readonly string[] | null;
  },
  ports: { readonly stage: ObjectStore; readonly warehouse: Warehouse },
): Promise<SetAsideHour[]> {
  const { hours, types } = options;
  const limit = pLimit(filesAtOnce);
  const listed: SetAsideHour[] = [];
  for await (const { loads } of readLoads(ports.warehouse, hours)) {
    const some = await Promise.all(
      loads.map((row) =>
        limit(async (): Promise<SetAsideHour | null> => {
          const key = quarantineKeyOf(row);
          const isAsked = types === null || types.includes(row.logType);
          if (key === null || !isAsked) return null;
          const told = await readReasons(ports.stage, key);
          return {
            type: row.logType,
            hour: row.folderHour,
            seq: row.seq,
            rows_loaded: row.rowsLoaded,
            rows_set_aside: row.rowsSetAside,
            quarantine: ports.stage.uri(key),
            reasons: told?.reasons ?? null,
            ungrouped: told?.ungrouped ?? 0,
          };
        }),
      ),
    );
    listed.push(...some.filter((hour) => hour !== null));
  }
  return listed;
}
