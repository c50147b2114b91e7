import { abortUploadsAfterDays, type ExpiringKeys } from "./expiring-keys.js";

/** What `gcloud storage buckets update --lifecycle-file` takes. */
export interface GcsLifecycle {
  readonly rule: readonly GcsRule[];
}

interface GcsRule {
  readonly action: {
    readonly type: "Delete" | "AbortIncompleteMultipartUpload";
  };
  readonly condition: {
    readonly age: number;
    readonly matchesPrefix?: readonly string[];
  };
}

// A configuration holds 100 rules, and a rule must name few enough prefixes: https://cloud.google.com/storage/docs/lifecycle
const prefixesPerRule = 50;

/** @param folder What the stage's keys have before them in the bucket: nothing, or a path with a slash at its end. */
export function makeGcsLifecycle(
  expiring: readonly ExpiringKeys[],
  folder: string,
): GcsLifecycle {
  const rule = expiring.flatMap(({ prefixes, days }) =>
    inChunks(prefixes, prefixesPerRule).map((some): GcsRule => {
      const matchesPrefix = some.map((prefix) => folder + prefix);
      return {
        action: { type: "Delete" },
        condition: { age: days, matchesPrefix },
      };
    }),
  );
  const ofFolder = folder === "" ? {} : { matchesPrefix: [folder] };
  return {
    rule: [
      ...rule,
      {
        action: { type: "AbortIncompleteMultipartUpload" },
        condition: { age: abortUploadsAfterDays, ...ofFolder },
      },
    ],
  };
}

function inChunks<T>(items: readonly T[], most: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, chunk) =>
    items.slice(chunk * most, (chunk + 1) * most),
  );
}
