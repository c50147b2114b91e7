import { existsSync } from "node:fs";
import { type BigQueryServer, startBigQueryServer } from "./bigquery-server.js";
import { type GcsServer, startGcsServer } from "./gcs-server.js";
import { type S3Server, startS3Server } from "./s3-server.js";
import { serverPrograms } from "./server-programs.js";

/**
 * Each is started by its first caller, and then shared by all suites of the process: use buckets and datasets of your own.
 * It ends with the process, be it mocha itself or one of its workers, which run several files.
 */
export interface SharedServers {
  s3(): Promise<S3Server>;
  gcs(): Promise<GcsServer>;
  /** Reads `gs://` from the shared GCS server. */
  bigQuery(): Promise<BigQueryServer>;
}

function startOnce<T>(start: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined;
  return () => (started ??= start());
}

const s3 = startOnce(startS3Server);
const gcs = startOnce(() => startGcsServer());
const bigQuery = startOnce(async () => {
  const { directory } = await gcs();
  return startBigQueryServer({ gcsDirectory: directory });
});

function useServers(): SharedServers {
  return { s3, gcs, bigQuery };
}

/** The servers that are not installed; `make servers` installs them. */
function missingServers(): readonly string[] {
  const named = [
    ["S3 (versitygw)", serverPrograms.s3],
    ["GCS (fake-gcs-server)", serverPrograms.gcs],
    ["BigQuery (local-bigquery)", serverPrograms.bigQueryPython],
  ] as const;
  return named
    .filter(([, program]) => !existsSync(program))
    .map(([name]) => name);
}

/**
 * A suite that needs the servers. Where one is not installed: one pending test that says so, and with
 * SLUICE_REQUIRE_SERVERS=1 one that fails.
 */
export function describeWithServers(
  title: string,
  body: (this: Mocha.Suite, servers: SharedServers) => void,
): void {
  const missing = missingServers();
  const reason = `no ${missing.join(", ")}; \`make servers\` installs what is missing`;
  describe(title, function () {
    this.timeout(60_000);
    if (missing.length === 0) body.call(this, useServers());
    else if (process.env["SLUICE_REQUIRE_SERVERS"] === "1")
      it("has its servers (SLUICE_REQUIRE_SERVERS=1)", () => {
        throw new Error(reason);
      });
    else it(`SKIPPED WHOLE: ${reason}`);
  });
}
