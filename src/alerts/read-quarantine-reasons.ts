import type { FolderHour } from "../folder-hour.js";
import { readLines } from "../json/read-lines.js";
import { quarantineKey } from "../load/quarantine-key.js";
import type { ObjectStore } from "../ports/object-store.js";
import { countOf } from "../count-of.js";

const mostRows = 10_000;
const reasonsTold = 3;

/** Why a load set rows aside, the most frequent of the first 10,000 rows first, without what was found: an alert shows no values of rows. None where the file is gone. */
export async function readQuarantineReasons(
  stage: ObjectStore,
  type: string,
  hour: FolderHour,
  jobId: string,
): Promise<string[]> {
  const object = await stage.get(quarantineKey(type, hour, jobId));
  if (object === null) return [];
  const rowsByReason = new Map<string, number>();
  let rows = 0;
  let isCut = false;
  for await (const line of readLines(object.body)) {
    if (rows === mostRows) {
      isCut = true;
      break;
    }
    rows += 1;
    for (const reason of new Set(readReasons(line)))
      rowsByReason.set(reason, (rowsByReason.get(reason) ?? 0) + 1);
  }
  return [...rowsByReason]
    .sort(([, one], [, other]) => other - one)
    .slice(0, reasonsTold)
    .map(([reason, times]) =>
      isCut
        ? `${reason} in ${times} of the first ${mostRows} rows`
        : `${reason} in ${countOf(times, "row")}`,
    );
}

function readReasons(line: string): string[] {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch {
    return [];
  }
  const { misfits } = (record ?? {}) as { misfits?: unknown };
  if (!Array.isArray(misfits)) return [];
  return misfits.flatMap((misfit: unknown) => {
    const { column, expected } = (misfit ?? {}) as Record<string, unknown>;
    return typeof column === "string" && typeof expected === "string"
      ? [`${column === "" ? "the row" : column}: expected ${expected}`]
      : [];
  });
}
