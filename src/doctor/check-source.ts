import type { ObjectStore } from "../ports/object-store.js";
import type { CheckRow } from "./check-row.js";
import { startChecks } from "./start-checks.js";

/** Tries what classify does at the source: list and read. */
export async function checkSource(
  source: ObjectStore,
): Promise<readonly CheckRow[]> {
  const checks = startChecks("source", source.url);
  const listed = await checks.attempt("list", () => findFirstKey(source));
  if (listed === null) {
    const reason = "no object is known, because the source can't be listed";
    checks.skip("read", reason);
  } else if (listed.value === null) {
    checks.skip("read", "there is no object here to read");
  } else {
    const key = listed.value;
    await checks.attempt("read", async (tell) => {
      if (!(await readStart(source, key)))
        tell(`${key} went away before it was read`);
    });
  }
  checks.skip("write", "no job writes here: grant no write");
  return checks.rows;
}

async function findFirstKey(source: ObjectStore): Promise<string | null> {
  for await (const { key } of source.list("")) return key;
  return null;
}

async function readStart(source: ObjectStore, key: string): Promise<boolean> {
  const object = await source.get(key);
  if (object === null) return false;
  for await (const block of object.body) if (block.length > 0) break;
  return true;
}
