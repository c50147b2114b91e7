import pLimit from "p-limit";
import { DataRefusedError } from "../errors.js";
import { hourPath, type FolderHour } from "../folder-hour.js";
import type { ObjectStore } from "../ports/object-store.js";
import { plansName } from "./plan.js";
import { readPlan } from "./read-plan.js";
import { readShardRecord } from "./read-shard-record.js";
import { setAsideName } from "./split-counts.js";
import { parseStageKey } from "./stage-key.js";

const requestsAtOnce = 16;

/**
 * Every object of the hour at the stage, in the folders of these types, among the lines set aside, and among the plans;
 * also in the folders that the plans and records of the runs that `reads` picks name, which may be named nowhere else any
 * more. A stage can't be listed by hour.
 */
export async function findHourFiles(
  stage: ObjectStore,
  hour: FolderHour,
  types: Iterable<string>,
  reads: (run: string) => boolean,
): Promise<string[]> {
  const limit = pLimit(requestsAtOnce);
  const listAll = async (folders: Iterable<string>): Promise<string[]> => {
    const listings = await Promise.all(
      [...folders].map((folder) =>
        limit(async () => {
          const keys: string[] = [];
          for await (const { key } of stage.list(
            `${folder}/${hourPath(hour)}/`,
          ))
            keys.push(key);
          return keys;
        }),
      ),
    );
    return listings.flat();
  };
  const folders = new Set([setAsideName, plansName, ...types]);
  const listed = await listAll(folders);
  const told = await Promise.all(
    listed
      .filter((key) => key.startsWith(`${plansName}/`))
      .map((key) => limit(() => readTypes(stage, hour, key, reads))),
  );
  const more = new Set(told.flat().filter((name) => !folders.has(name)));
  return [...listed, ...(await listAll(more))];
}

/** Types that a plan, or a shard's record, tells of; none where the object is neither, or is gone. */
async function readTypes(
  stage: ObjectStore,
  hour: FolderHour,
  key: string,
  reads: (run: string) => boolean,
): Promise<string[]> {
  const name = key.slice(`${plansName}/${hourPath(hour)}/`.length);
  const match = /^([^/]+?)(?:\.json|\/(\d+)-of-(\d+)\.json)$/.exec(name);
  const [, run, index, of] = match ?? [];
  if (run === undefined || !reads(run)) return [];
  try {
    if (index === undefined) {
      const plan = await readPlan(stage, { hour, run });
      return (plan?.previous?.files ?? []).flatMap(
        (file) => parseStageKey(file, hour)?.name ?? [],
      );
    }
    const shard = { index: Number(index), of: Number(of) };
    const record = await readShardRecord(stage, { hour, run }, shard);
    return Object.keys(record?.counts.rows ?? {});
  } catch (error) {
    // It is swept all the same; its own commit is who refuses it.
    if (error instanceof DataRefusedError) return [];
    throw error;
  }
}
