import { abortUploadsAfterDays, type ExpiringKeys } from "./expiring-keys.js";

/** What `aws s3api put-bucket-lifecycle-configuration` takes. */
export interface S3Lifecycle {
  readonly Rules: readonly S3Rule[];
}

interface S3Rule {
  readonly ID: string;
  readonly Status: "Enabled";
  /** One prefix a rule, and 1,000 rules a bucket: https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleConfiguration.html */
  readonly Filter: { readonly Prefix: string };
  readonly Expiration?: { readonly Days: number };
  readonly AbortIncompleteMultipartUpload?: {
    readonly DaysAfterInitiation: number;
  };
}

/** @param folder What the stage's keys have before them in the bucket: nothing, or a path with a slash at its end. */
export function makeS3Lifecycle(
  expiring: readonly ExpiringKeys[],
  folder: string,
): S3Lifecycle {
  const rules = expiring.flatMap(({ name, prefixes, days }) =>
    prefixes.map((prefix, index): S3Rule => {
      return {
        ID:
          prefixes.length === 1
            ? `sluice-${name}`
            : `sluice-${name}-${index + 1}`,
        Status: "Enabled",
        Filter: { Prefix: folder + prefix },
        Expiration: { Days: days },
      };
    }),
  );
  return {
    Rules: [
      ...rules,
      {
        ID: "sluice-unfinished-uploads",
        Status: "Enabled",
        Filter: { Prefix: folder },
        AbortIncompleteMultipartUpload: {
          DaysAfterInitiation: abortUploadsAfterDays,
        },
      },
    ],
  };
}
