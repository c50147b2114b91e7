import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { findPackageRoot } from "../../src/package-root.js";
import { startFaultProxy, type Fault } from "../servers/fault-proxy.js";
import { describeWithServers } from "../servers/shared-servers.js";
import { openClouds, type Clouds } from "./make-places.js";
import { runSluice } from "./run-sluice.js";

const hour = "2026-01-15T00";
const secrets = ["local-secret", "another-secret", "PRIVATE KEY"];

/** Google's answers: https://cloud.google.com/bigquery/docs/error-messages, https://cloud.google.com/storage/docs/json_api/v1/status-codes */
function googleError(status: number, reason: string, message: string): Fault {
  return {
    kind: "answer",
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      error: {
        code: status,
        message,
        errors: [{ reason, message, domain: "global" }],
      },
    }),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
function amazonError(status: number, code: string, message: string): Fault {
  return {
    kind: "answer",
    status,
    headers: { "content-type": "application/xml" },
    body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  };
}

interface Refusal {
  readonly title: string;
  readonly at: "s3" | "gcs" | "bigquery";
  /** For every request; the stand-in itself refuses where there is none. */
  readonly fault?: Fault;
  readonly variables?: Readonly<Record<string, string>>;
  readonly url?: string;
  readonly says: RegExp;
}

const refusals: readonly Refusal[] = [
  {
    title: "an access key that S3 does not know",
    at: "s3",
    variables: { AWS_ACCESS_KEY_ID: "nobody" },
    says: /access key id is not known.*AWS_ACCESS_KEY_ID/,
  },
  {
    title: "a secret that is not the key's",
    at: "s3",
    variables: { AWS_SECRET_ACCESS_KEY: "another-secret" },
    says: /secret access key/,
  },
  {
    title: "no AWS credentials at all",
    at: "s3",
    variables: { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" },
    says: /no AWS credentials were found/,
  },
  {
    title: "a bucket that S3 does not have",
    at: "s3",
    url: "s3://no-such-bucket/logs",
    says: /there is no bucket no-such-bucket/,
  },
  {
    title: "a role without the right to list",
    at: "s3",
    fault: amazonError(403, "AccessDenied", "Access Denied"),
    says: /grant the job's role s3:ListBucket/,
  },
  {
    title: "a clock that is off, at S3",
    at: "s3",
    fault: amazonError(
      403,
      "RequestTimeTooSkewed",
      "The difference between the request time and the server's time is too large.",
    ),
    says: /clock differs from S3's.*NTP/,
  },
  {
    title: "a bucket in another region",
    at: "s3",
    fault: amazonError(
      301,
      "PermanentRedirect",
      "The bucket you are attempting to access must be addressed using the specified endpoint.",
    ),
    says: /another region; set AWS_REGION/,
  },
  {
    title: "a bucket that Cloud Storage does not have",
    at: "gcs",
    url: "gs://no-such-bucket/stage",
    // The stand-in does not tell a bucket from an object.
    fault: {
      kind: "answer",
      status: 404,
      body: "The specified bucket does not exist.",
    },
    says: /no-such-bucket.*bucket/,
  },
  {
    title: "an account without the right to read the stage",
    at: "gcs",
    fault: googleError(
      403,
      "forbidden",
      "sluice@acme.iam.gserviceaccount.com does not have storage.objects.get access to the Google Cloud Storage object.",
    ),
    says: /storage\.objects\.get/,
  },
  {
    title: "credentials that Cloud Storage refuses",
    at: "gcs",
    fault: googleError(401, "authError", "Invalid Credentials"),
    says: /GOOGLE_APPLICATION_CREDENTIALS/,
  },
  {
    title: "a dataset that is not there",
    at: "bigquery",
    fault: googleError(
      404,
      "notFound",
      "Not found: Dataset test-project:nowhere",
    ),
    says: /bq mk --dataset/,
  },
  {
    title: "a dataset in another location",
    at: "bigquery",
    fault: googleError(
      404,
      "notFound",
      "Not found: Dataset test-project:nowhere was not found in location US",
    ),
    says: /another location than US.*\?location=/,
  },
  {
    title: "an account that may run no jobs",
    at: "bigquery",
    fault: googleError(
      403,
      "accessDenied",
      "Access Denied: Project test-project: User does not have bigquery.jobs.create permission in project test-project.",
    ),
    says: /Grant roles\/bigquery\.jobUser/,
  },
];

describeWithServers("what a service refuses", function (servers) {
  this.timeout(120_000);
  let clouds: Clouds;
  let root: string;
  let stage: string;
  before(async () => {
    clouds = await openClouds(servers);
    root = await mkdtemp(join(tmpdir(), "sluice-refusals-"));
    stage = clouds.gs();
    const catalog = ["--catalog", join(findPackageRoot(), "catalog.yaml")];
    const source = ["--source", `file:${join(root, "source")}`];
    for (const words of [
      ["sample", "--from", hour, "--rows", "50", ...catalog, ...source],
      ["classify", "--hour", hour, ...catalog, ...source, "--stage", stage],
    ]) {
      const { exitCode, stderr } = await runSluice(words, clouds.variables);
      expect(exitCode, stderr).to.equal(0);
    }
    await writeFile(join(root, "none"), "");
  });
  after(async () => {
    await clouds.close();
    await rm(root, { recursive: true, force: true });
  });

  for (const refusal of refusals)
    it(`is told in one line, and not asked for again: ${refusal.title}`, async () => {
      const endpointNames = {
        s3: "AWS_ENDPOINT_URL_S3",
        gcs: "SLUICE_GCS_ENDPOINT",
        bigquery: "SLUICE_BIGQUERY_ENDPOINT",
      } as const;
      const endpointName = endpointNames[refusal.at];
      const proxy = await startFaultProxy({
        target: clouds.variables[endpointName] ?? "",
        decide: () => refusal.fault ?? null,
      });
      try {
        const words =
          refusal.at === "s3"
            ? ["classify", "--source", refusal.url ?? clouds.s3()]
            : ["load", "--type", "purchase"];
        const { exitCode, stdout, stderr } = await runSluice(
          [
            ...words,
            ...["--hour", hour],
            ...["--catalog", join(findPackageRoot(), "catalog.yaml")],
            ...[
              "--stage",
              refusal.at === "gcs" ? (refusal.url ?? stage) : stage,
            ],
            ...["--warehouse", "bigquery://test-project/nowhere"],
          ],
          {
            ...clouds.variables,
            ...refusal.variables,
            [endpointName]: proxy.endpoint,
          },
        );
        expect(exitCode, stderr).to.equal(5);
        expect(stderr.trim()).to.match(refusal.says);
        expect(stderr.trim().split("\n"), stderr).to.have.length(1);
        for (const secret of secrets)
          expect(stdout + stderr).to.not.include(secret);
        expect(proxy.requests.length).to.be.at.most(3);
      } finally {
        await proxy.stop();
      }
    });
});
