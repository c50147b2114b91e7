import type { Catalog } from "../catalog/catalog.js";
import type { FolderHour } from "../folder-hour.js";
import type { ObjectInfo } from "../ports/object-store.js";
import { findCountMismatch, type ManifestContents } from "./manifest-counts.js";
import type { Manifest, ManifestType } from "./manifest.js";
import { setAsideName, type SplitCounts } from "./split-counts.js";
import type { StagedFile } from "./upload-parts.js";

/** The manifest of a split and uploaded hour. Throws where a line is not accounted for: that is a bug, and commits nothing. */
export function buildManifest(work: {
  readonly catalog: Catalog;
  readonly hour: FolderHour;
  readonly run: string;
  readonly seq: number;
  readonly finishedAt: Date;
  readonly inputs: readonly ObjectInfo[];
  readonly counts: SplitCounts;
  readonly files: readonly StagedFile[];
}): Manifest {
  const manifest: Manifest = {
    version: 1,
    hour: work.hour,
    seq: work.seq,
    run: work.run,
    catalog: work.catalog.hash,
    finished_at: work.finishedAt.toISOString(),
    inputs: work.inputs.map(({ key, etag, sizeBytes }) => ({
      key,
      etag,
      size: sizeBytes,
    })),
    ...describeSplit(work.catalog, work.counts, work.files),
  };
  const mismatch = findCountMismatch(manifest);
  if (mismatch !== null)
    throw new Error(`${work.hour}: ${mismatch}; nothing was committed`);
  return manifest;
}

/** What was counted and staged, as a manifest tells it; its counts need not add up. */
export function describeSplit(
  catalog: Pick<Catalog, "types">,
  counts: SplitCounts,
  staged: readonly StagedFile[],
): ManifestContents {
  const filesByName = new Map<string, StagedFile[]>();
  for (const file of staged) {
    const files = filesByName.get(file.name);
    if (files === undefined) filesByName.set(file.name, [file]);
    else files.push(file);
  }
  const unknown = [...counts.rows.keys()]
    .filter((name) => !catalog.types.has(name))
    .sort();
  const types = [...catalog.types.keys(), ...unknown].map(
    (name): [string, ManifestType] => [
      name,
      {
        rows: counts.rows.get(name) ?? 0,
        catalogued: catalog.types.has(name),
        wrapped: catalog.types.get(name)?.wrapped ?? [],
        files: (filesByName.get(name) ?? []).map(
          ({ key, rows, bytes, crc32c }) => ({ key, rows, bytes, crc32c }),
        ),
      },
    ],
  );
  const setAside = filesByName.get(setAsideName) ?? [];
  return {
    lines: counts.lines,
    blank: counts.blank,
    set_aside: {
      rows: setAside.reduce((sum, { rows }) => sum + rows, 0),
      reasons: counts.reasons,
      files: setAside.map(({ key }) => key),
    },
    types: Object.fromEntries(types),
  };
}
