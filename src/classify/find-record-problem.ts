import { describeSplit } from "./build-manifest.js";
import { findCountMismatch } from "./manifest-counts.js";
import { safeTypeName } from "./route-line.js";
import { countsOf, type ShardRecord } from "./shard-record.js";
import { setAsideName } from "./split-counts.js";
import { parseStageKey } from "./stage-key.js";

/** What in a shard's record is not as a shard writes it, in words; null where its files are its attempt's own and every line is accounted for. */
export function findRecordProblem(record: ShardRecord): string | null {
  const { hour, run, shard, attempt, counts, files } = record;
  if (!attempt.startsWith(`${run}-s${shard}-`))
    return `its attempt is ${JSON.stringify(attempt)}, expected ${run}-s${shard}- and more`;
  const unsafe = Object.keys(counts.rows).find(
    (name) => !safeTypeName.test(name),
  );
  if (unsafe !== undefined)
    return `it counts rows of ${JSON.stringify(unsafe)}, which is no type's name`;
  const keys = new Set<string>();
  for (const { key, name } of files) {
    const found = parseStageKey(key, hour);
    if (found === null || !/^[-.]/.test(afterStart(found.file, attempt)))
      return `it names ${JSON.stringify(key)}, which is no file of ${attempt}`;
    if (found.name !== name)
      return `it says that ${key} is of ${JSON.stringify(name)}`;
    if (name !== setAsideName && !Object.hasOwn(counts.rows, name))
      return `it names ${key}, but counts no rows of ${name}`;
    if (keys.has(key)) return `it names ${key} twice`;
    keys.add(key);
  }
  return findCountMismatch(
    describeSplit({ types: new Map() }, countsOf(record), files),
  );
}

/** What follows `start`; empty where the text does not begin with it. */
function afterStart(text: string, start: string): string {
  return text.startsWith(start) ? text.slice(start.length) : "";
}
