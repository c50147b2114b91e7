import type { Manifest } from "../classify/manifest.js";
import type { FolderHour } from "../folder-hour.js";
import type { ObjectInfo } from "../ports/object-store.js";
import type { Finding } from "./finding.js";

const keysTold = 3;

/** Null where the manifest is of the objects that the source lists now. */
export function judgeSource(
  hour: FolderHour,
  manifest: Manifest,
  listed: readonly ObjectInfo[],
): Finding | null {
  const about = (
    kind: Finding["kind"],
    message: string,
    automatic = true,
  ): Finding => ({ hour, kind, type: null, message, automatic });
  const now = new Map(listed.map((info) => [info.key, info]));
  const read = new Set(manifest.inputs.map(({ key }) => key));
  const gone = manifest.inputs
    .map(({ key }) => key)
    .filter((key) => !now.has(key));
  const changed = manifest.inputs
    .filter(({ key, etag, size }) => {
      const info = now.get(key);
      return (
        info !== undefined && (info.etag !== etag || info.sizeBytes !== size)
      );
    })
    .map(({ key }) => key);
  const added = [...now.keys()].filter((key) => !read.has(key));
  if (gone.length > 0) {
    // To classify again would drop their lines, which nobody may have asked for.
    return about(
      "source_gone",
      `${tell(gone)} ${gone.length === 1 ? "is" : "are"} at the source no more; the manifest of seq ${manifest.seq} holds the lines. If that is meant, run: sluice classify --hour ${hour}`,
      false,
    );
  }
  if (added.length === 0 && changed.length === 0) return null;
  const parts = [
    ...(added.length > 0 ? [`new: ${tell(added)}`] : []),
    ...(changed.length > 0 ? [`changed: ${tell(changed)}`] : []),
  ];
  return about(
    "source_changed",
    `source objects since seq ${manifest.seq}: ${parts.join("; ")}`,
  );
}

function tell(keys: readonly string[]): string {
  const more = keys.length - keysTold;
  return `${keys.slice(0, keysTold).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
