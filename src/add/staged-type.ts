import { manifestKey } from "../classify/manifest.js";
import { readManifest } from "../classify/read-manifest.js";
import { NotReadyError, UsageError } from "../errors.js";
import type { FolderHour } from "../folder-hour.js";
import { openStageFile } from "../load/open-stage-file.js";
import type { ObjectStore } from "../ports/object-store.js";
import { quoteFound } from "../schema/quote-found.js";
import { suggestName } from "../schema/suggest-name.js";
import type { Sample } from "./each-sample-row.js";

export interface StagedType {
  readonly samples: readonly Sample[];
  readonly rows: number;
}

/**
 * The stage files of one type's hour. Throws NotReadyError where the hour is not classified, UsageError where the type is not in it or
 * has no rows there.
 */
export async function openStagedType(
  stage: ObjectStore,
  type: string,
  hour: FolderHour,
): Promise<StagedType> {
  const read = await readManifest(stage, hour);
  if (read === null) {
    throw new NotReadyError(
      `${hour} is not classified: ${stage.uri(manifestKey(hour))} does not exist. Run: sluice classify --hour ${hour}`,
    );
  }
  const { types } = read.manifest;
  const staged = Object.hasOwn(types, type) ? types[type] : undefined;
  if (staged === undefined) {
    const names = Object.keys(types);
    const unknown = names.filter((name) => types[name]?.catalogued === false);
    const offer =
      unknown.length === 0
        ? ""
        : `; not in the catalog, and seen in this hour: ${listNames(unknown)}`;
    throw new UsageError(
      `${hour} has no lines of type ${quoteFound(type)}${suggestName(type, names)}${offer}`,
    );
  }
  if (staged.rows === 0) {
    throw new UsageError(
      `${hour} has no lines of type ${quoteFound(type)}: name an hour that has some (sluice status --from H --to H)`,
    );
  }
  const samples = staged.files.map((file) => ({
    name: file.key,
    open: () => openStageFile(stage, file),
  }));
  return { samples, rows: staged.rows };
}

const namesTold = 20;

/** `a, b and 3 more`. */
export function listNames(names: readonly string[]): string {
  const told = names.slice(0, namesTold).join(", ");
  const more = names.length - namesTold;
  return more > 0 ? `${told} and ${more} more` : told;
}
