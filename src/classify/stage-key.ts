import { hourPath, type FolderHour } from "../folder-hour.js";
import { safeTypeName } from "./route-line.js";
import { setAsideName } from "./split-counts.js";

export interface StageKey {
  /** Type, or `_set_aside`. */
  readonly name: string;
  readonly file: string;
}

/** `{name}/YYYY/MM/DD/HH/{file}` in its parts; null where the key is of no file of this hour. What somebody wrote into a plan or a record may be any text. */
export function parseStageKey(key: string, hour: FolderHour): StageKey | null {
  const segments = key.split("/");
  const [name = ""] = segments;
  const file = segments.at(-1) ?? "";
  return key === `${name}/${hourPath(hour)}/${file}` &&
    (name === setAsideName || safeTypeName.test(name)) &&
    safeTypeName.test(file)
    ? { name, file }
    : null;
}
