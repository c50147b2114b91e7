import {
  ObjectChangedError,
  PreconditionFailedError,
  ServiceError,
  SluiceError,
} from "../errors.js";
import type { ObjectStore } from "../ports/object-store.js";
import type { CheckRow } from "./check-row.js";
import { isRefused, startChecks, type Checks } from "./start-checks.js";

const folder = "_doctor/";

/** Tries what classify, load and their commits do at the stage, with one object that is deleted again whatever happens. */
export async function checkStage(
  stage: ObjectStore,
  probeName: string,
): Promise<readonly CheckRow[]> {
  const checks = startChecks("stage", stage.url);
  const key = folder + probeName;
  const created = await checks.attempt("create", () =>
    putProbe(stage, key, "first", null),
  );
  await checks.attempt("list", async () => {
    for await (const object of stage.list(folder))
      if (object.key === key) return;
    if (created !== null)
      throw new ServiceError(
        `${stage.uri(key)} was just written, and the listing does not show it: expected a store whose listings show every write at once`,
      );
  });
  if (created === null) {
    skipWithoutProbe(checks);
    // A write whose answer was lost may stand.
    await stage.delete(key).catch(() => undefined);
    return checks.rows;
  }
  await tryProbe(stage, key, created.value, checks);
  return checks.rows;
}

async function tryProbe(
  stage: ObjectStore,
  key: string,
  firstEtag: string,
  checks: Checks,
): Promise<void> {
  await checks.attempt("read", async () => {
    const found = await readText(stage, key);
    if (found !== "first")
      throw new ServiceError(
        `${stage.uri(key)} holds other bytes than were just written`,
      );
  });
  await checks.attempt("refuse to create twice", async () => {
    const again = stage.put(key, textBytes("again"), { ifMatch: null });
    if (await isRefused(again)) return;
    throw new ServiceError(
      `${stage.uri(key)} was written although it existed, and only its creation was asked for: two jobs that commit one hour at once would both win, and an older classification could replace a newer one`,
    );
  });
  const overwritten = await checks.attempt("overwrite", async () => {
    // Not the etag of the creation: a store that lets it be created twice is told of that above, and not here again.
    const standing = await stage.get(key);
    if (standing !== null) await leaveBody(standing.body);
    const ifMatch = standing?.etag ?? firstEtag;
    await putProbe(stage, key, "second", ifMatch);
  });
  if (overwritten !== null) {
    await checks.attempt("refuse to overwrite what changed", async () => {
      const late = stage.put(key, textBytes("late"), { ifMatch: firstEtag });
      if (await isRefused(late)) return;
      throw new ServiceError(
        `${stage.uri(key)} was overwritten on the condition of an etag that it no longer had: a slow job could replace the manifest of a newer classification`,
      );
    });
    await checks.attempt("refuse to read what changed", async () => {
      const stale = stage
        .get(key, { ifMatch: firstEtag })
        .then(async (found) => {
          if (found !== null) await leaveBody(found.body);
        });
      if (await isRefused(stale, ObjectChangedError)) return;
      throw new ServiceError(
        `${stage.uri(key)} was handed out on the condition of an etag that it no longer had: a file that is replaced while it is read would be mixed with its successor`,
      );
    });
  } else {
    const reason = "the probe could not be overwritten";
    checks.skip("refuse to overwrite what changed", reason);
    checks.skip("refuse to read what changed", reason);
  }
  await checks.attempt("delete", async () => {
    await stage.delete(key).catch((error: unknown) => {
      if (!(error instanceof SluiceError)) throw error;
      throw new ServiceError(
        `${error.message}\n${stage.uri(key)} is left behind`,
      );
    });
    const left = await stage.get(key);
    if (left === null) return;
    await leaveBody(left.body);
    throw new ServiceError(`${stage.uri(key)} is there after it was deleted`);
  });
}

function skipWithoutProbe(checks: Checks): void {
  for (const check of [
    "read",
    "refuse to create twice",
    "overwrite",
    "refuse to overwrite what changed",
    "refuse to read what changed",
    "delete",
  ] as const)
    checks.skip(check, "there is no probe, because it could not be created");
}

/** The etag. */
async function putProbe(
  stage: ObjectStore,
  key: string,
  text: string,
  ifMatch: string | null,
): Promise<string> {
  try {
    return (await stage.put(key, textBytes(text), { ifMatch })).etag;
  } catch (error) {
    if (!(error instanceof PreconditionFailedError)) throw error;
    // Ours, where the answer to a first try was lost.
    const standing = await stage.get(key);
    if (standing === null || (await readBody(standing.body)) !== text)
      throw error;
    return standing.etag;
  }
}

async function readText(
  stage: ObjectStore,
  key: string,
): Promise<string | null> {
  const object = await stage.get(key);
  return object === null ? null : readBody(object.body);
}

async function readBody(body: AsyncIterable<Uint8Array>): Promise<string> {
  const blocks: Uint8Array[] = [];
  for await (const block of body) blocks.push(block.slice());
  return Buffer.concat(blocks).toString();
}

async function leaveBody(body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const block of body) if (block.length >= 0) break;
}

function textBytes(text: string): Uint8Array {
  return Buffer.from(text);
}
