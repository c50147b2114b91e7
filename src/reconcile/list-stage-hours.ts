import pLimit from "p-limit";
import { plansName } from "../classify/plan.js";
import { safeTypeName } from "../classify/route-line.js";
import { setAsideName } from "../classify/split-counts.js";
import { parseStageKey } from "../classify/stage-key.js";
import { hourPath, type FolderHour } from "../folder-hour.js";
import type { ListedObject, ObjectStore } from "../ports/object-store.js";

const requestsAtOnce = 16;

/** `{run}[-s{shard}-{attempt}][-{part}].ndjson[.gz]`. The stage may be a whole bucket, in which others have files below such paths too. */
const ourFileName =
  /^[0-9a-f]{16}(?:-s\d{1,5}-[0-9a-f]{16})?(?:-\d{5,})?\.ndjson(?:\.gz)?$/;

/**
 * Every object of these hours at the stage that a classification may have written, manifests aside, in the folder of any
 * type: also of one that neither the catalog nor a manifest names. A stage can't be listed by hour, so it takes a request
 * for each type and day.
 */
export async function listStageHours(
  stage: ObjectStore,
  hours: readonly FolderHour[],
): Promise<Map<FolderHour, ListedObject[]>> {
  const hourByPath = new Map(hours.map((hour) => [hourPath(hour), hour]));
  const folders = (await stage.listTopFolders()).filter(
    (name) =>
      name === plansName || name === setAsideName || safeTypeName.test(name),
  );
  const paths = choosePaths(hours);
  const limit = pLimit(requestsAtOnce);
  const byHour = new Map<FolderHour, ListedObject[]>();
  const add = async (prefix: string): Promise<void> => {
    for await (const info of stage.list(prefix)) {
      const [name, ...rest] = info.key.split("/");
      const hour = hourByPath.get(rest.slice(0, 4).join("/"));
      const isOurs =
        hour !== undefined &&
        (name === plansName ||
          ourFileName.test(parseStageKey(info.key, hour)?.file ?? ""));
      if (isOurs) byHour.set(hour, [...(byHour.get(hour) ?? []), info]);
    }
  };
  await Promise.all(
    folders.flatMap((folder) =>
      paths.map((path) => limit(() => add(`${folder}/${path}/`))),
    ),
  );
  return byHour;
}

/** The hour's path where there is one hour, the days' otherwise. */
function choosePaths(hours: readonly FolderHour[]): string[] {
  const paths = hours.map(hourPath);
  return hours.length === 1
    ? paths
    : [...new Set(paths.map((path) => path.slice(0, "YYYY/MM/DD".length)))];
}
