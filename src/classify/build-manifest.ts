import type { Catalog } from "../catalog/catalog.js";
import type { FolderHour } from "../folder-hour.js";
import type { ObjectInfo } from "../ports/object-store.js";
import { findCountMismatch } from "./manifest-counts.js";
import type { Manifest, ManifestType } from "./manifest.js";
import { setAsideName, type SplitCounts } from "./split-hour.js";
import type { UploadedPart } from "./upload-parts.js";

/** The manifest of a split and uploaded hour. Throws where a line is not accounted for: that is a bug, and commits nothing. */
export function buildManifest(work: {
  readonly catalog: Catalog;
  readonly hour: FolderHour;
  readonly run: string;
  readonly seq: number;
  readonly finishedAt: Date;
  readonly inputs: readonly ObjectInfo[];
  readonly counts: SplitCounts;
  readonly uploaded: readonly UploadedPart[];
}): Manifest {
  const { catalog, counts } = work;
  const partsByName = new Map<string, UploadedPart[]>();
  for (const each of work.uploaded) {
    const parts = partsByName.get(each.part.name);
    if (parts === undefined) partsByName.set(each.part.name, [each]);
    else parts.push(each);
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
        files: (partsByName.get(name) ?? []).map(({ part, stored }) => ({
          key: stored.key,
          rows: part.rows,
          bytes: stored.sizeBytes,
          crc32c: stored.crc32c,
        })),
      },
    ],
  );
  const setAside = partsByName.get(setAsideName) ?? [];
  const manifest: Manifest = {
    version: 1,
    hour: work.hour,
    seq: work.seq,
    run: work.run,
    catalog: catalog.hash,
    finished_at: work.finishedAt.toISOString(),
    inputs: work.inputs.map(({ key, etag, sizeBytes }) => ({
      key,
      etag,
      size: sizeBytes,
    })),
    lines: counts.lines,
    blank: counts.blank,
    set_aside: {
      rows: setAside.reduce((sum, { part }) => sum + part.rows, 0),
      reasons: counts.reasons,
      files: setAside.map(({ stored }) => stored.key),
    },
    types: Object.fromEntries(types),
  };
  const mismatch = findCountMismatch(manifest);
  if (mismatch !== null)
    throw new Error(`${work.hour}: ${mismatch}; nothing was committed`);
  return manifest;
}
