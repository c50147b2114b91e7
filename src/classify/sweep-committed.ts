import pLimit from "p-limit";
import { bindWarnings } from "../bind-log.js";
import { SluiceError } from "../errors.js";
import type { Log } from "../log.js";
import type { ObjectStore } from "../ports/object-store.js";
import { chooseUnnamed } from "./hour-files.js";
import type { Manifest } from "./manifest.js";

const requestsAtOnce = 16;
/** A store that refuses so many refuses the rest too. */
const mostFailures = 16;

/**
 * Deletes what a manifest that stands does not name. Its commit holds whatever becomes of this, and would only be made again for it:
 * what can't be listed or deleted is warned of, and is `reconcile`'s to find.
 */
export async function sweepCommitted(
  stage: ObjectStore,
  manifest: Manifest,
  listDead: () => Promise<readonly string[]>,
  given: Pick<Log, "warn">,
): Promise<void> {
  const { run, hour } = manifest;
  const log = bindWarnings(given, { run, hour, type: null });
  const swept = `sluice reconcile --run over a range that has ${hour} deletes them once they are a day old`;
  let dead: readonly string[];
  try {
    dead = await listDead();
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    log.warn(
      { reason: error.message },
      `${hour} is committed, but what its manifest does not name could not be listed; ${swept}`,
    );
    return;
  }
  const { files, plans } = chooseUnnamed(dead, manifest);
  let left = await deleteSome(stage, files);
  if (left.keys.length === 0) left = await deleteSome(stage, plans);
  else left = { ...left, keys: [...left.keys, ...plans] };
  const { keys, reason } = left;
  if (keys.length === 0) return;
  log.warn(
    { left: keys.length, key: keys[0], reason },
    `${hour} is committed, but ${keys.length} objects that its manifest does not name could not be deleted, ${keys[0] ?? ""} among them; ${swept}`,
  );
}

/** Those that were not deleted, and why the first was not. */
interface Left {
  readonly keys: readonly string[];
  readonly reason: string | null;
}

async function deleteSome(
  stage: ObjectStore,
  keys: readonly string[],
): Promise<Left> {
  const limit = pLimit(requestsAtOnce);
  const reasons: string[] = [];
  const isDeleted = await Promise.all(
    keys.map((key) =>
      limit(async () => {
        if (reasons.length >= mostFailures) return false;
        try {
          await stage.delete(key);
          return true;
        } catch (error) {
          if (!(error instanceof SluiceError)) throw error;
          reasons.push(error.message);
          return false;
        }
      }),
    ),
  );
  return {
    keys: keys.filter((_, index) => isDeleted[index] !== true),
    reason: reasons[0] ?? null,
  };
}
