import { resolve } from "node:path";
import type { Catalog } from "../catalog/catalog.js";
import { shellWords } from "../shell-words.js";
import { listExpiringKeys } from "./expiring-keys.js";
import { makeFileLifecycle, type FileLifecycle } from "./file-lifecycle.js";
import { makeGcsLifecycle, type GcsLifecycle } from "./gcs-lifecycle.js";
import { makeS3Lifecycle, type S3Lifecycle } from "./s3-lifecycle.js";

export interface Lifecycle {
  /** As the stage's own tool takes it. */
  readonly configuration: GcsLifecycle | S3Lifecycle | FileLifecycle;
  /** What a person has to know and to type, a line each. */
  readonly notes: readonly string[];
}

/** The catalog's retention as the rules of the stage's bucket. Changes nothing anywhere. */
export function makeLifecycle(
  catalog: Pick<Catalog, "file" | "stage" | "retention">,
): Lifecycle {
  const { stage } = catalog;
  const expiring = listExpiringKeys(catalog.retention);
  const [, scheme, bucket = "", prefix = ""] =
    /^(s3|gs):\/\/([^/]+)\/?(.*)$/.exec(stage) ?? [];
  const folder = prefix === "" ? "" : `${prefix}/`;
  const nothing =
    expiring.length === 0
      ? [`${catalog.file} has no retention: nothing of ${stage} expires`]
      : [];
  if (scheme === undefined) {
    const directory = resolve(stage.replace(/^file:/, ""));
    return {
      configuration: makeFileLifecycle(expiring, directory),
      notes: [
        ...nothing,
        ...(expiring.length === 0
          ? []
          : ["A folder deletes nothing by itself: run these, daily"]),
      ],
    };
  }
  const tool = scheme === "gs" ? gcsTool(bucket) : s3Tool(bucket);
  return {
    configuration:
      scheme === "gs"
        ? makeGcsLifecycle(expiring, folder)
        : makeS3Lifecycle(expiring, folder),
    notes: [
      ...nothing,
      ...(folder === "" && expiring.length > 0
        ? [
            `The stage is the whole bucket ${bucket}: whatever else lies in it expires too, if its name begins with a letter or digit`,
          ]
        : []),
      "These rules take the place of all that the bucket has. To see those:",
      `  ${tool.show}`,
      "To apply these, as lifecycle.json:",
      `  ${tool.apply}`,
    ],
  };
}

function gcsTool(bucket: string): { show: string; apply: string } {
  const storage = ["gcloud", "storage", "buckets"];
  const url = `gs://${bucket}`;
  return {
    show: shellWords([
      ...storage,
      "describe",
      url,
      "--format=json(lifecycle_config)",
    ]),
    apply: shellWords([
      ...storage,
      "update",
      url,
      "--lifecycle-file=lifecycle.json",
    ]),
  };
}

function s3Tool(bucket: string): { show: string; apply: string } {
  const named = ["--bucket", bucket];
  return {
    show: shellWords([
      ...["aws", "s3api", "get-bucket-lifecycle-configuration"],
      ...named,
    ]),
    apply: shellWords([
      ...["aws", "s3api", "put-bucket-lifecycle-configuration"],
      ...named,
      ...["--lifecycle-configuration", "file://lifecycle.json"],
    ]),
  };
}
